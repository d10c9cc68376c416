import type { CacheReport, ContentDigest, RunFailure, TerminalStatus } from '../../lib/contract/index.js';

/** The end of a run, before its texts are truncated to the limits of a record. */
export interface RunOutcome {
  readonly status: TerminalStatus;
  readonly finishedAt: Date;
  /** Absent when the run succeeded. */
  readonly failure?: RunFailure | undefined;
  /** Last known build phase. */
  readonly phase?: string | undefined;
  readonly logGroup?: string | undefined;
  readonly logStream?: string | undefined;
  readonly outputKey?: string | undefined;
  /** Digest of `result.json` in the output. */
  readonly result?: ContentDigest | undefined;
  /** What the build did with its cache. */
  readonly cache?: CacheReport | undefined;
  readonly exportedVariables?: Readonly<Record<string, string>>;
}
