import type { SeedkitOption } from '../seedkit-option.js';

/** Flags of commands about runs. */
export interface RunsOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
}
