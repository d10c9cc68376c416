import { CodeseederError } from '../lib/contract/codeseeder-error.js';
import { isFailureCode } from '../lib/contract/failures.js';
import type { RemoteErrorDetail, RunRecord } from '../lib/contract/index.js';

/** A run that ended in another way than with a value. `code` is one of the contract's failure codes. */
export class RunFailedError extends CodeseederError {
  readonly runId: string;
  readonly record: RunRecord;
  /** The execution in the AWS console. */
  readonly consoleUrl: string;

  constructor(record: RunRecord, consoleUrl: string, options?: ErrorOptions) {
    const { code, message, phase } = record.failure ?? {
      code: 'ControlPlaneError',
      message: 'no reason recorded',
    };
    const where = phase === undefined ? '' : ` in phase ${phase}`;
    super(
      // A newer control plane may know codes that this client does not; the record has it.
      isFailureCode(code) ? code : 'ControlPlaneError',
      `Run ${record.runId} ${describeEnd(record.status)}${where}: ${message} See ${consoleUrl}`,
      options,
    );
    this.runId = record.runId;
    this.record = record;
    this.consoleUrl = consoleUrl;
  }
}

/** What the target threw inside the build, with its name, message and stack there. `code` is `RemoteError`. */
export class RemoteError extends CodeseederError {
  readonly runId: string;
  readonly record: RunRecord;
  readonly consoleUrl: string;
  /** Name of the remote error's class, such as `TypeError`. */
  readonly remoteName: string;
  /** Stack inside the build, its places as in the project's source. */
  readonly remoteStack: string | undefined;

  constructor(detail: RemoteErrorDetail, record: RunRecord, consoleUrl: string) {
    super('RemoteError', detail.message, detail.cause === undefined ? {} : { cause: toCause(detail.cause) });
    this.name = detail.name;
    this.runId = record.runId;
    this.record = record;
    this.consoleUrl = consoleUrl;
    this.remoteName = detail.name;
    this.remoteStack = detail.stack;
    const local = this.stack?.split('\n').slice(1).join('\n') ?? '';
    this.stack = `${detail.stack ?? `${detail.name}: ${detail.message}`}\n    --- run ${record.runId} in CodeBuild, called from ---\n${local}`;
  }
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
