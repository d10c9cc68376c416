import { parseResultText, type RunFailure, type RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import { RunFailedError } from '../errors.js';

/**
 * Reads the value of a run that succeeded; `null` for commands, which have none. The bytes are compared with the digest
 * in the record before they are parsed.
 * @throws RunFailedError when the result has expired, was changed or cannot be read
 */
export async function readValue(
  record: RunRecord,
  consoleUrl: string,
  connection: Connection,
): Promise<unknown> {
  const { kind, outputKey, result } = record;
  if (kind === 'commands') return null;
  const failed = (failure: RunFailure) => new RunFailedError({ ...record, failure }, consoleUrl);
  if (outputKey === undefined || result === undefined) {
    // If the record has expired, the kind may be unknown. Then it was a run of commands, because no other run succeeds
    // without a result.
    if (kind === undefined) return null;
    throw failed({
      code: 'ResultMissing',
      message:
        'its record has no SHA-256 of its result, with which the value could be checked: it ended before the seedkit was updated.',
    });
  }
  const { readResult } = await import('../../lib/run-store/files.js');
  const found = await readResult({ outputKey, result }, await filesOf(connection), parseResultText);
  switch (found.found) {
    case 'value':
      return found.value;
    case 'missing':
      throw failed({
        code: 'ResultMissing',
        message: 'its result is no longer in the bucket: the files of runs expire.',
      });
    case 'unusable':
    case 'error':
      throw failed(found.failure);
  }
}
