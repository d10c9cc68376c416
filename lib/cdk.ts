/** The CDK constructs: `import { SeedkitStack } from 'codeseeder/cdk'`. */
export { ControlPlane, type ControlPlaneProps } from './control-plane/control-plane.js';
export type { ScheduledRequest, ScheduleOptions } from './control-plane/run-schedule.js';
export type {
  MapStateChangeOptions,
  RunStateChangeOptions,
  StateChangeRuleOptions,
} from './control-plane/state-change-rule.js';
export type { HandlerSetting } from './control-plane/handler.js';
export { SeedkitStack } from './seedkit/seedkit-stack.js';
export type { SeedkitStackProps } from './seedkit/seedkit-stack-props.js';
export type { AllowList, BuildVpc } from './contract/index.js';
