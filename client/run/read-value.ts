import type { RunFailure, RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import { RunFailedError } from '../errors.js';

/**
 * Reads the value of a run that succeeded; `null` for commands, which have none.
 * @throws RunFailedError when the result has expired or cannot be read
 */
export async function readValue(
  record: RunRecord,
  consoleUrl: string,
  connection: Connection,
): Promise<unknown> {
  const { readResult } = await import('../../lib/run-store/files.js');
  const result = await readResult(record.runId, await filesOf(connection));
  const failed = (failure: RunFailure) => new RunFailedError({ ...record, failure }, consoleUrl);
  switch (result.found) {
    case 'value':
      return result.value;
    case 'missing':
      if (record.kind === 'commands') return null;
      throw failed({
        code: 'ResultMissing',
        message: 'its result is no longer in the bucket: the files of runs expire.',
      });
    case 'unusable':
    case 'error':
      throw failed(result.failure);
  }
}
