import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { Queues } from '../ports.js';
import { openRetryQueue } from '../retry-queue.js';
import { AwsError } from '../wire/aws-error.js';
import type { BusEvent } from './event.js';
import type { RuleIdentity } from './target-input.js';
import type { Target } from './target.js';

/** An event to deliver to one target. */
export interface Delivery extends RuleIdentity {
  readonly id: string;
  readonly target: Target;
  readonly event: BusEvent;
  /** Whether the event came from another bus. Such an event is not forwarded again. */
  readonly forwarded: boolean;
  readonly acceptedAtMs: number;
  /** Number of failed attempts. */
  readonly attempts: number;
}

export type NewDelivery = Omit<Delivery, 'id' | 'acceptedAtMs' | 'attempts'>;

export interface DeliveryQueueOptions {
  readonly context: PlaceContext;
  readonly queues: Queues;
  /** Delivers an event. Rejects when the target did not accept it. */
  readonly deliver: (delivery: Delivery) => Promise<void>;
}

/**
 * EventBridge's default retry policy.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
const DEFAULT_RETRIES = 185;
const DEFAULT_MAX_AGE_SECONDS = 24 * 60 * 60;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10 * 60 * 1_000;
/** Codes of errors after which a delivery is not retried. */
const LASTING_ERRORS =
  /^(ResourceNotFound|StateMachineDoesNotExist|NotFound|QueueDoesNotExist|InvalidArn|InvalidExecutionInput|InvalidTargetInput|ValidationException|AWS\.SimpleQueueService\.NonExistentQueue)/;

/** Opens the queue of deliveries, and resumes unfinished ones. */
export async function openDeliveryQueue(options: DeliveryQueueOptions) {
  const { context, deliver } = options;
  const queue = await openRetryQueue<Delivery>({
    context,
    collection: 'events-deliveries',
    describe: ({ ruleName }) => `A delivery of rule ${ruleName}`,
    attempt: async (delivery, closing) => {
      const error = await deliver(delivery).then(() => undefined, asError);
      if (error === undefined) return undefined;
      closing.throwIfAborted();
      const waitMs = backoffMs(delivery.attempts);
      const end = endOf(delivery, error, context.clock.now() + waitMs);
      if (end === undefined) return { work: { ...delivery, attempts: delivery.attempts + 1 }, waitMs };
      await giveUp(options, delivery, error, end);
      return undefined;
    },
  });
  return {
    /** Resolves when all deliveries are stored. If storing fails, none is stored. */
    async accept(deliveries: readonly NewDelivery[]): Promise<void> {
      const made = { acceptedAtMs: context.clock.now(), attempts: 0 };
      await queue.accept(
        deliveries.map((delivery) => {
          const id = randomUUID();
          return [id, { ...delivery, ...made, id }];
        }),
      );
    },
    close: () => queue.close(),
  };
}

type End = 'NonRetryableError' | 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

function endOf(delivery: Delivery, error: Error, nextAttemptAtMs: number): End | undefined {
  const { MaximumRetryAttempts = DEFAULT_RETRIES, MaximumEventAgeInSeconds = DEFAULT_MAX_AGE_SECONDS } =
    delivery.target.RetryPolicy ?? {};
  if (LASTING_ERRORS.test(codeOf(error))) return 'NonRetryableError';
  if (delivery.attempts >= MaximumRetryAttempts) return 'MaximumRetryAttempts';
  const ageMs = nextAttemptAtMs - delivery.acceptedAtMs;
  return ageMs > MaximumEventAgeInSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
}

/**
 * Stops retrying a delivery, and sends it to the dead-letter queue if there is one.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
async function giveUp(
  { context, queues }: DeliveryQueueOptions,
  delivery: Delivery,
  error: Error,
  end: End,
): Promise<void> {
  const { ruleName, ruleArn, target, event, attempts } = delivery;
  context.reportProblem(
    `Rule ${ruleName} could not deliver event ${event.id} to ${target.Arn} (${end})`,
    error,
  );
  const queue = target.DeadLetterConfig?.Arn;
  if (queue === undefined) return;
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: target.Arn,
    ERROR_CODE: codeOf(error),
    ERROR_MESSAGE: error.message,
    RETRY_ATTEMPTS: String(attempts),
  };
  await queues.send(
    queue,
    JSON.stringify(event),
    end === 'NonRetryableError' ? attributes : { ...attributes, EXHAUSTED_RETRY_CONDITION: end },
  );
}

function backoffMs(attempts: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 20));
  return Math.ceil(longest * (0.5 + Math.random() / 2));
}

function codeOf(error: Error): string {
  return error instanceof AwsError ? error.code : error.name;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
