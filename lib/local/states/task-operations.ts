import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { operation } from '../wire/operation.js';
import { PAYLOAD_MAX_BYTES } from './interpreter/state-error.js';
import { isTaskToken, type TaskTokens } from './interpreter/task-tokens.js';

const taskToken = z.string().min(1).max(2_048);

/**
 * Returns the operations on tasks that wait for their task token.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
 */
export function taskOperations(tokens: TaskTokens) {
  return {
    SendTaskSuccess: operation({ taskToken, output: z.string() }, async (input) => {
      checkOutput(input.output);
      return requireTask(input.taskToken, tokens.succeed(input.taskToken, input.output));
    }),
    SendTaskFailure: operation(
      { taskToken, error: z.string().max(256).default(''), cause: z.string().max(32_768).default('') },
      async (input) => requireTask(input.taskToken, tokens.fail(input.taskToken, input.error, input.cause)),
    ),
    SendTaskHeartbeat: operation({ taskToken }, async (input) =>
      requireTask(input.taskToken, tokens.heartbeat(input.taskToken)),
    ),
  };
}

/** Checks the output of a task. @throws AwsError `InvalidOutput` */
function checkOutput(output: string): void {
  if (Buffer.byteLength(output) > PAYLOAD_MAX_BYTES) {
    throw new AwsError('InvalidOutput', `Invalid Output: 'Output has more than ${PAYLOAD_MAX_BYTES} bytes'`);
  }
  try {
    JSON.parse(output);
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}

/**
 * Throws if no task waits for the token.
 * @throws AwsError `InvalidToken` for a text that is not a token; `TaskTimedOut` for the token of a task that no
 * longer waits
 */
function requireTask(token: string, isWaiting: boolean): object {
  if (isWaiting) return {};
  if (!isTaskToken(token)) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}
