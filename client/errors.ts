import { CodeseederError } from '../lib/contract/codeseeder-error.js';
import { isFailureCode } from '../lib/contract/failures.js';
import type { RemoteErrorDetail, RunRecord, SourceExcerpt } from '../lib/contract/index.js';
import { whereToSee } from './console-url.js';

/** Thrown if a run ended without a value. `code` is a failure code, such as `BuildTimedOut`. */
export class RunFailedError extends CodeseederError {
  /** Id of the run. */
  readonly runId: string;
  /** Record of the run, with the failure's code, message and phase. */
  readonly record: RunRecord;
  /** URL of the page about the run: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;

  constructor(record: RunRecord, consoleUrl: string, options?: ErrorOptions) {
    const { code, message, phase } = record.failure ?? {
      code: 'ControlPlaneError',
      message: 'no reason recorded',
    };
    const where = phase === undefined ? '' : ` in phase ${phase}`;
    super(
      // A newer control plane may have codes that this client does not know. The record keeps the original code.
      isFailureCode(code) ? code : 'ControlPlaneError',
      `Run ${record.runId} ${describeEnd(record.status)}${where}: ${asSentence(message)} See ${whereToSee(record.runId, consoleUrl)}`,
      options,
    );
    this.runId = record.runId;
    this.record = record;
    this.consoleUrl = consoleUrl;
  }
}

/**
 * Thrown if the target threw an error inside the build. It has that error's name, message and stack. `code` is
 * `RemoteError`.
 */
export class RemoteError extends CodeseederError {
  /** Id of the run. */
  readonly runId: string;
  /** Record of the run. */
  readonly record: RunRecord;
  /** URL of the page about the run: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
  /** Name of the remote error's class, such as `TypeError`. */
  readonly remoteName: string;
  /** Stack inside the build, with the positions of the project's source files. */
  readonly remoteStack: string | undefined;
  /** Lines of the source code around the place where the error was thrown, if it is in the user's own code. */
  readonly source: SourceExcerpt | undefined;

  constructor(detail: RemoteErrorDetail, record: RunRecord, consoleUrl: string) {
    super('RemoteError', detail.message, detail.cause === undefined ? {} : { cause: toCause(detail.cause) });
    this.name = detail.name;
    this.runId = record.runId;
    this.record = record;
    this.consoleUrl = consoleUrl;
    this.remoteName = detail.name;
    this.remoteStack = detail.stack;
    this.source = detail.source;
    const local = this.stack?.split('\n').slice(1).join('\n') ?? '';
    this.stack = `${detail.stack ?? `${detail.name}: ${detail.message}`}\n    --- run ${record.runId} in CodeBuild, called from ---\n${local}`;
  }
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function toCause(detail: RemoteErrorDetail): Error {
  const cause = new Error(detail.message, detail.cause === undefined ? {} : { cause: toCause(detail.cause) });
  cause.name = detail.name;
  if (detail.stack !== undefined) cause.stack = detail.stack;
  return cause;
}

function describeEnd(status: RunRecord['status']): string {
  if (status === 'TIMED_OUT') return 'timed out';
  return status === 'CANCELED' ? 'was canceled' : 'failed';
}
