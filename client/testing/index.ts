/**
 * `codeseeder/testing`: a seedkit in a local AWS for the tests of a project, with any test runner.
 *
 * @packageDocumentation
 */
export { localSeedkit } from './local-seedkit.js';
export { endSharedSeedkit, startSharedSeedkit } from './shared-seedkit.js';
export type { LocalSeedkit, LocalSeedkitOptions } from './local-seedkit-types.js';
