import { isDeepStrictEqual } from 'node:util';

import { PutObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';

import {
  CodeseederError,
  INBOX_PREFIX,
  type Invocation,
  invocationKey,
  parseInvocation,
  parseJson,
  RUNS_PREFIX,
} from '../../lib/contract/index.js';
import { type Bucket, readObject } from './read-object.js';

export interface RequestedInput {
  readonly runId: string;
  readonly invocation: Invocation | undefined;
  readonly inputKey: string | undefined;
}

/**
 * Puts the invocation where the run reads it, unless it lies there already. An input that another request put
 * for the same run id is never overwritten.
 *
 * @throws CodeseederError `InputMissing`, `RunIdConflict`, or `InvalidRequest` when the key or the invocation is wrong
 */
export async function putInput(
  { runId, invocation, inputKey }: RequestedInput,
  place: Bucket,
): Promise<void> {
  const key = invocationKey(runId);
  if (inputKey === key) return;
  const wanted = invocation ?? (await readInput(inputKey ?? '', place));
  try {
    await place.s3.send(
      new PutObjectCommand({
        Bucket: place.bucket,
        Key: key,
        Body: JSON.stringify(wanted),
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
  } catch (error) {
    if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 412) throw error;
    await refuseOther(runId, wanted, place);
  }
}

async function readInput(inputKey: string, place: Bucket): Promise<Invocation> {
  if (!inputKey.startsWith(RUNS_PREFIX) && !inputKey.startsWith(INBOX_PREFIX)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The request's inputKey ${inputKey} lies neither under ${RUNS_PREFIX} nor under ${INBOX_PREFIX} of the bucket ${place.bucket}.`,
    );
  }
  const text = await readObject(place, inputKey);
  if (text === undefined) {
    throw new CodeseederError(
      'InputMissing',
      `There is no invocation s3://${place.bucket}/${inputKey}: put it there before the run is requested.`,
    );
  }
  return parseInvocation(parseJson(text, `invocation ${inputKey}`));
}

/** The same event delivered twice puts the same invocation. */
async function refuseOther(runId: string, wanted: Invocation, place: Bucket): Promise<void> {
  const existing = await readObject(place, invocationKey(runId));
  if (existing !== undefined && isDeepStrictEqual(JSON.parse(existing), JSON.parse(JSON.stringify(wanted))))
    return;
  throw new CodeseederError(
    'RunIdConflict',
    `The run ${runId} exists already with another invocation: use another run id.`,
  );
}
