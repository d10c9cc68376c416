import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

import { CodeseederError, invocationKey } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { abortable } from './abortable.js';
import { httpStatusOf } from './http-status.js';

const PUT_ATTEMPTS = 4;
const RETRY_AFTER_MS = 100;

/**
 * Puts a run's invocation where its build reads it. What another caller put for the same run id is never overwritten.
 *
 * @param input the invocation as JSON
 * @throws CodeseederError `RunIdConflict` when another invocation lies there
 */
export async function putInput(
  runId: string,
  input: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  for (let attempt = 1; ; attempt += 1) {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: invocationKey(runId),
      Body: input,
      ContentType: 'application/json',
      IfNoneMatch: '*',
    });
    try {
      await s3.send(command, abortable(signal));
      return;
    } catch (error) {
      const status = httpStatusOf(error);
      if (status === 412) return requireSameInput(runId, input, connection, signal);
      // Another put of the same key is under way: it has to end before either is known to have come first.
      if (status !== 409 || attempt >= PUT_ATTEMPTS) throw error;
      await sleep(RETRY_AFTER_MS * 2 ** attempt, undefined, signal === undefined ? {} : { signal });
    }
  }
}

async function requireSameInput(
  runId: string,
  input: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const command = new GetObjectCommand({ Bucket: bucket, Key: invocationKey(runId) });
  const { Body } = await s3.send(command, abortable(signal));
  const existing = (await Body?.transformToString()) ?? 'null';
  if (existing === input || isDeepStrictEqual(JSON.parse(existing), JSON.parse(input))) return;
  throw new CodeseederError(
    'RunIdConflict',
    `The run id ${runId} was given to a run of another target or with other arguments already. Use another runId, or attach to it with kit.attach(${JSON.stringify(runId)}).`,
  );
}
