import type { Json, JsonObject } from '../../resources/resource-provider.js';
import { AwsError } from '../../wire/aws-error.js';
import type { Integration, IntegrationCall } from '../interpreter/integration.js';
import { StateError } from '../interpreter/state-error.js';
import { integrationError, sdkMetadata } from './service-answer.js';

/** Operations of Step Functions that tasks of state machines call. */
export interface NestedExecutions {
  /** The operation `StartExecution`. @throws AwsError */
  start(input: object): Promise<{ readonly executionArn: string; readonly startDate: number }>;
  /** Resolves when the execution has ended. */
  ended(executionArn: string): Promise<void>;
  /** The operation `StopExecution`. @throws AwsError */
  stop(input: object): Promise<{ readonly stopDate?: number | undefined }>;
  /** The operation `DescribeExecution`. */
  describe(executionArn: string): Promise<object>;
}

/**
 * Returns the optimized integrations `states:startExecution`: without waiting; until a task token is returned; and
 * until the execution has ended (`.sync` with its output as text, `.sync:2` as JSON).
 * @param executions returns the operations. It is a function, because Step Functions is created after its
 * integrations
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
 */
export function startExecution(executions: () => NestedExecutions): Readonly<Record<string, Integration>> {
  const start: Integration = {
    required: ['StateMachineArn'],
    optional: ['Input', 'Name', 'TraceHeader'],
    call: (args) => started(executions(), args),
  };
  const sync = (readOutput: (output: string) => unknown): Integration => ({
    ...start,
    finish: (answer, call) => finished(executions(), answer as Started, call, readOutput),
  });
  return {
    'states:startExecution': start,
    'states:startExecution.waitForTaskToken': { ...start, waitsForToken: true },
    'states:startExecution.sync': sync((output) => output),
    'states:startExecution.sync:2': sync((output) => JSON.parse(output) as unknown),
  };
}

interface Started {
  readonly ExecutionArn: string;
}

async function started(executions: NestedExecutions, args: JsonObject): Promise<Started> {
  const { StateMachineArn: stateMachineArn, Input: input = {}, Name: name } = args;
  try {
    const { executionArn, startDate } = await executions.start({
      stateMachineArn,
      name,
      input: asText(input),
    });
    return { ExecutionArn: executionArn, StartDate: milliseconds(startDate), ...sdkMetadata() } as Started;
  } catch (error) {
    throw integrationError(asException(error), 'StepFunctions', 'Sfn');
  }
}

/** Returns the input of an execution as JSON text. A string is expected to be JSON text already. */
function asText(input: Json): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/**
 * Renames an error as the integration does: to the class name in the SDK, such as `ExecutionAlreadyExistsException`.
 */
export function asException(error: unknown): unknown {
  if (!(error instanceof AwsError) || error.code.endsWith('Exception')) return error;
  return new AwsError(`${error.code}Exception`, error.message, error.statusCode);
}

/** Waits for the end of an execution. If the task ends first, stops the execution. */
async function finished(
  executions: NestedExecutions,
  { ExecutionArn: arn }: Started,
  { signal }: IntegrationCall,
  readOutput: (output: string) => unknown,
): Promise<unknown> {
  const stop = () => void executions.stop({ executionArn: arn });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  await executions.ended(arn);
  signal.removeEventListener('abort', stop);
  const end = described(await executions.describe(arn));
  if (end.Status !== 'SUCCEEDED') throw new StateError('States.TaskFailed', JSON.stringify(end));
  return { ...end, Output: readOutput(String(end.Output)) };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1_000);
}

const DATES = ['StartDate', 'StopDate'];

/**
 * Converts a response of `DescribeExecution` to the form of the integration: names in upper case, times in
 * milliseconds.
 */
function described(answer: object): Record<string, unknown> {
  const members = Object.entries(answer)
    .filter(([, value]) => value !== undefined)
    .map(([member, value]: [string, unknown]): [string, unknown] => {
      const name = `${member.charAt(0).toUpperCase()}${member.slice(1)}`;
      if (DATES.includes(name)) return [name, milliseconds(Number(value))];
      return [name, typeof value === 'object' && value !== null ? described(value) : value];
    });
  return Object.fromEntries(members);
}
