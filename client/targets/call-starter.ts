import {
  CodeseederError,
  type ErrorCode,
  parseJson,
  parseWith,
  TARGET_START_MAX_BYTES,
  targetRefusalSchema,
  seedkitNames,
} from '../../lib/contract/index.js';
import type { z } from 'zod';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';

/**
 * Calls the handler `start-target` of a seedkit.
 * @throws CodeseederError with the code and message of a refusal; `SeedkitNotReady` for a seedkit without the handler
 */
export async function callStarter<Schema extends z.ZodType>(
  message: object,
  answer: Schema,
  connection: Connection,
  signal?: AbortSignal,
): Promise<z.output<Schema>> {
  const text = JSON.stringify(message);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > TARGET_START_MAX_BYTES) {
    throw new CodeseederError(
      'InvalidRequest',
      `The arguments have ${sizeBytes} bytes as JSON; a start of a target takes at most ${TARGET_START_MAX_BYTES}. Put them into S3 and pass their location.`,
    );
  }
  const { seedkit } = connection;
  const { InvokeCommand } = await import('@aws-sdk/client-lambda');
  const lambda = await connection.clients.lambda();
  const FunctionName = seedkitNames.handler(seedkit, 'start-target');
  const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(text) });
  const { Payload, FunctionError } = await lambda
    .send(command, abortable(signal))
    .catch(noHandler(seedkit, FunctionName));
  const answered = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) {
    throw new CodeseederError(
      'ControlPlaneError',
      `The handler ${FunctionName} failed: ${answered.slice(0, 1000)}. Repeat the call; if it fails again, look at the handler's log.`,
    );
  }
  const value = parseJson(answered, `answer of ${FunctionName}`);
  const refusal = targetRefusalSchema.safeParse(value);
  if (refusal.success) {
    const { code, message: reason } = refusal.data.refused;
    throw new CodeseederError(code as ErrorCode, reason);
  }
  return parseWith(answer, value, `answer of ${FunctionName}`);
}

/** Seedkits of earlier versions have no such handler. */
function noHandler(seedkit: string, name: string): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof Error) || cause.name !== 'ResourceNotFoundException') throw cause;
    throw new CodeseederError(
      'SeedkitNotReady',
      `The seedkit ${seedkit} has no handler ${name}, because it is not deployed or an earlier version deployed it. Deploy it again. \`codeseeder upgrade --seedkit ${seedkit}\` names the command.`,
      { cause },
    );
  };
}
