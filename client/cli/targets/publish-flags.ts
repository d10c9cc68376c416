import type { RunFlags } from '../run/run-flags.js';

/** Flags of `codeseeder publish`. */
export interface PublishFlags extends RunFlags {
  readonly alias?: string | undefined;
}
