import type { SeedkitOption } from '../seedkit-option.js';
import type { FollowOptions } from './follow-run.js';
import type { PythonFlags } from './python-options.js';

/** Values of the flags of `codeseeder run`; those that set options of the run are read by the table of these. */
export interface RunFlags
  extends SeedkitOption, PythonFlags, FollowOptions, Readonly<Record<string, unknown>> {
  /** A file with options. */
  readonly options?: string;
  readonly runId?: string;
  /** Whether `--seedkit` was given, and not the variable that stands in for it. */
  readonly isSeedkitGiven: boolean;
}
