import type { SeedkitOption } from '../seedkit-option.js';
import type { FollowOptions } from './follow-run.js';
import type { PythonFlags } from './python-options.js';

/** Values of the flags of `codeseeder run`. Those of {@link OPTION_FLAGS} are read by name. */
export interface RunFlags
  extends SeedkitOption, PythonFlags, FollowOptions, Readonly<Record<string, unknown>> {
  /** Path of a JSON file with options. */
  readonly options?: string | undefined;
  readonly runId?: string | undefined;
  /** Whether `--seedkit`, or an `--environment` with a seedkit, was given. Variables do not count. */
  readonly isSeedkitGiven: boolean;
}
