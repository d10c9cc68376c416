import { createHash } from 'node:crypto';

import type { Functions, LogWriter, Queues } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import type { Delivery } from './delivery-queue.js';
import type { BusEvent } from './event.js';
import { targetInput } from './target-input.js';
import { invalid } from './members.js';

/** An execution that a rule starts. */
export interface ExecutionStart {
  readonly stateMachineArn: string;
  /**
   * Name of the execution. It is the same for all attempts of a delivery, so that a second attempt starts no second
   * execution.
   */
  readonly name: string;
  /** JSON text. */
  readonly input: string;
}

export interface EventTargets {
  readonly functions: Pick<Functions, 'invokeAsync'>;
  readonly logs: LogWriter;
  readonly queues: Queues;
  /** Starts an execution. @throws AwsError with Step Functions' code */
  readonly startExecution: (start: ExecutionStart) => Promise<void>;
  /** Puts an event on another bus. */
  readonly forward: (busArn: string, event: BusEvent) => Promise<void>;
}

/**
 * Delivers an event to a target.
 * @throws AwsError of the target's service, or `InvalidTargetInput`
 */
export async function deliverEvent(targets: EventTargets, delivery: Delivery): Promise<void> {
  const { target, event, acceptedAtMs } = delivery;
  const input = targetInput(target, event, delivery, new Date(acceptedAtMs));
  const service = target.Arn.split(':')[2] ?? '';
  switch (service) {
    case 'lambda':
      return targets.functions.invokeAsync(target.Arn, checkedJson(input));
    case 'states':
      return startOnce(targets, {
        stateMachineArn: target.Arn,
        name: `${event.id}_${delivery.id}`.slice(0, 80),
        input: checkedJson(input),
      });
    case 'sqs':
      return targets.queues.send(target.Arn, input);
    case 'logs':
      return writeLog(targets, delivery, input);
    case 'events':
      return delivery.forwarded ? undefined : targets.forward(target.Arn, event);
    default:
      throw invalid(`The local AWS delivers no events to ${target.Arn}.`);
  }
}

async function startOnce(targets: EventTargets, start: ExecutionStart): Promise<void> {
  try {
    await targets.startExecution(start);
  } catch (error) {
    const again = error instanceof AwsError && error.code === 'ExecutionAlreadyExists';
    if (!again) throw error;
  }
}

async function writeLog({ logs }: EventTargets, delivery: Delivery, input: string): Promise<void> {
  const { target, ruleArn, acceptedAtMs } = delivery;
  const group = /:log-group:([^:]+)/.exec(target.Arn)?.[1];
  if (group === undefined) throw new AwsError('ResourceNotFoundException', `No log group: ${target.Arn}`);
  const stream = createHash('sha256').update(ruleArn).digest('hex').slice(0, 32);
  await logs.append(group, stream, [logLine(delivery, input, acceptedAtMs)]);
}

/**
 * Returns the log event for a target that is a log group. An input transformer may return `{ timestamp, message }`;
 * any other input becomes the message.
 */
function logLine({ target }: Delivery, input: string, now: number): { timestamp: number; message: string } {
  if (target.InputTransformer === undefined) return { timestamp: now, message: input };
  const line = JSON.parse(checkedJson(input)) as { timestamp?: unknown; message?: unknown } | null;
  if (typeof line?.message !== 'string') return { timestamp: now, message: input };
  const timestamp = typeof line.timestamp === 'number' ? line.timestamp : Date.parse(String(line.timestamp));
  return { timestamp: Number.isNaN(timestamp) ? now : timestamp, message: line.message };
}

function checkedJson(input: string): string {
  try {
    JSON.parse(input);
    return input;
  } catch (error) {
    throw new AwsError(
      'InvalidTargetInput',
      `The input template of the rule's target does not produce JSON: ${String(error)}`,
    );
  }
}
