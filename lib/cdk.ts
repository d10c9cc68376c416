/** The constructs: `import { SeedkitStack } from 'codeseeder/cdk'`. */
export { ControlPlane, type ControlPlaneProps } from './control-plane/control-plane.js';
export type { ScheduledRequest, ScheduleOptions } from './control-plane/run-schedule.js';
export type { HandlerSetting } from './control-plane/handler.js';
export { SeedkitStack, type SeedkitStackProps } from './seedkit/seedkit-stack.js';
export type { AllowList } from './contract/index.js';
