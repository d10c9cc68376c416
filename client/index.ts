/** The client: packs and uploads code, starts runs, and returns their values. */
export {
  CodeseederError,
  type ErrorCode,
  FAILURES,
  type FailureCode,
  OPERATION_FAILURES,
} from '../lib/contract/index.js';
export type {
  BuildOptions,
  EnvironmentVariable,
  LockMode,
  MapRecord,
  MapStatus,
  RunFailure,
  RunRecord,
  RunStatus,
  SourceExcerpt,
  TargetState,
  TargetVersion,
  TerminalStatus,
} from '../lib/contract/index.js';
export { deployModules, deploySeedkit, destroySeedkit, seedkitDeployed } from './deployment.js';
export { RemoteError, RunFailedError } from './errors.js';
export { StackFailedError, type FailedResource } from './stack-failed-error.js';
export { seedkit } from './seedkit.js';
export type * from './types.js';

/** Whether this code runs inside a build. A build resolves this import to another module, where it is true. */
export const isRemote: boolean = false;
