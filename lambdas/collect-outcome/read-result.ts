import { GetObjectCommand, HeadObjectCommand, S3ServiceException, type S3Client } from '@aws-sdk/client-s3';

import {
  CodeseederError,
  isFailureCode,
  parseJson,
  parseRunResult,
  type RemoteErrorDetail,
  RESULT_MAX_BYTES,
  resultKey,
  type RunFailure,
} from '../../lib/contract/index.js';

/** What there is of a run's `result.json`. */
export type FoundResult =
  | { readonly found: 'none needed' }
  | { readonly found: 'missing' }
  | { readonly found: 'value' }
  | { readonly found: 'error'; readonly failure: RunFailure }
  | { readonly found: 'unusable'; readonly failure: RunFailure };

export async function readResult(s3: S3Client, bucket: string, runId: string): Promise<FoundResult> {
  const object = { Bucket: bucket, Key: resultKey(runId) };
  const place = `s3://${object.Bucket}/${object.Key}`;
  const sizeBytes = await sizeOf(s3, object);
  if (sizeBytes === undefined) return { found: 'missing' };
  if (sizeBytes > RESULT_MAX_BYTES) {
    const message = `The result ${place} has ${sizeBytes} bytes, at most ${RESULT_MAX_BYTES}: write large values to $CODESEEDER_OUTPUT_DIR and return where they are.`;
    return { found: 'unusable', failure: { code: 'ResultTooLarge', message } };
  }
  const { Body } = await s3.send(new GetObjectCommand(object));
  return readText((await Body?.transformToString()) ?? '', place);
}

async function sizeOf(s3: S3Client, object: { Bucket: string; Key: string }): Promise<number | undefined> {
  try {
    return (await s3.send(new HeadObjectCommand(object))).ContentLength ?? 0;
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw error;
  }
}

function readText(text: string, place: string): FoundResult {
  try {
    const result = parseRunResult(parseJson(text, `result ${place}`));
    return result.ok ? { found: 'value' } : { found: 'error', failure: failureOf(result.error) };
  } catch (error) {
    if (!(error instanceof CodeseederError)) throw error;
    const message = `The target's process left an incomplete result: ${error.message}`;
    return { found: 'unusable', failure: { code: 'ResultMissing', message } };
  }
}

/** The runner names the faults it finds itself; everything else was thrown by the target. */
function failureOf(error: RemoteErrorDetail): RunFailure {
  const code = isFailureCode(error.code) ? error.code : 'RemoteError';
  return { code, message: `${error.name}: ${error.message}`, remote: error };
}
