import type { RunFailure, TerminalStatus } from '../../lib/contract/index.js';

/** How a run ended, before its texts are cut to what a record holds. */
export interface RunOutcome {
  readonly status: TerminalStatus;
  readonly finishedAt: Date;
  /** Missing when the run succeeded. */
  readonly failure?: RunFailure;
  /** Last build phase known. */
  readonly phase?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
  readonly outputKey?: string;
  readonly exportedVariables?: Readonly<Record<string, string>>;
}
