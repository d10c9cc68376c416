/**
 * `codeseeder/local`: an embedded AWS on 127.0.0.1, to which cloud assemblies can be deployed.
 *
 * @packageDocumentation
 */
export type { EventEntry } from './ports.js';
export { startLocalAws } from './start-local-aws.js';
export type { DeployedStack, LocalAws, LocalAwsOptions } from './local-aws.js';
export type { QuotasOption } from './quotas/quotas.js';
export { ConnectionDropped, type Intercept, type PlaceCall } from './intercept.js';
export type { BuildIsolation } from './codebuild/build-isolation.js';
export type { Unpacking } from './codebuild/zip-source.js';
export { AwsError } from './wire/aws-error.js';
export { LocalAwsError, type LocalAwsErrorCode } from './local-aws-error.js';
export { findRunningPlace, type RunningPlace } from './running-place.js';
export { readPlaceIdentity, type PlaceIdentity } from './place-identity.js';
export type { PlaceCredentials } from './place-context.js';
export { repairDataFolder } from './repair/repair-data-folder.js';
export type { Loss, RepairReport } from './repair/repair-report.js';
