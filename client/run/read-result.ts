import {
  parseJson,
  parseRunResult,
  resultKey,
  RESULT_MAX_BYTES,
  type RunRecord,
} from '../../lib/contract/index.js';
import { RunFailedError } from '../errors.js';
import type { Connection } from '../connection/connection.js';

/** The value a succeeded run left; `null` where it left none, as commands do. */
export async function readResult(
  record: RunRecord,
  consoleUrl: string,
  connection: Connection,
): Promise<unknown> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  try {
    const { Body, ContentLength = 0 } = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: resultKey(record.runId) }),
    );
    if (ContentLength > RESULT_MAX_BYTES) {
      throw new RunFailedError(
        withFailure(record, 'ResultTooLarge', `result.json has ${ContentLength} bytes`),
        consoleUrl,
      );
    }
    const result = parseRunResult(parseJson((await Body?.transformToString()) ?? '', 'result'));
    return result.ok ? result.value : null;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchKey') throw error;
    if (record.kind === 'commands') return null;
    throw new RunFailedError(
      withFailure(record, 'ResultMissing', 'its result is not in the bucket any more; run files expire'),
      consoleUrl,
    );
  }
}

function withFailure(record: RunRecord, code: string, message: string): RunRecord {
  return { ...record, failure: { code, message } };
}
