import type { SeedkitFlag, SeedkitOption } from '../seedkit-option.js';
import type { FollowOptions } from './follow-run.js';
import type { PythonFlags } from './python-options.js';

/** Values of the flags of `codeseeder run`. Those of {@link OPTION_FLAGS} are read by name. */
export interface RunFlags
  extends SeedkitOption, PythonFlags, FollowOptions, Readonly<Record<string, unknown>> {
  /** Path of a JSON file with options. */
  readonly options?: string | undefined;
  readonly runId?: string | undefined;
  /** The flag that names the seedkit; undefined if a variable or the config names it, or none. */
  readonly seedkitFlag: SeedkitFlag | undefined;
}
