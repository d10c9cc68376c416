import type { PlaceContext } from '../place-context.js';
import type { Queues } from '../ports.js';
import type { InvocationResult } from './run-invocation.js';
import { type AsyncConfig, functionArn, type StoredFunction } from './stored-function.js';

/** An accepted event of an asynchronous invocation that the function has not handled yet. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly payload: string;
  readonly acceptedAtMs: number;
  readonly attempts: number;
}

export interface AsyncOutcome {
  readonly definition: StoredFunction;
  readonly config: AsyncConfig;
  readonly event: AsyncEvent;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  /** Result of the last attempt; undefined if it was throttled. */
  readonly result: InvocationResult | undefined;
}

export interface DestinationsOptions {
  readonly context: PlaceContext;
  readonly queues: Queues;
  readonly invokeAsync: (functionArn: string, payload: string) => Promise<void>;
}

/**
 * Sends the result of an asynchronous event to the destination for its outcome, if there is one. Sends a failed event
 * to the dead-letter queue, too.
 */
export async function sendResult(options: DestinationsOptions, outcome: AsyncOutcome): Promise<void> {
  const { definition, config, condition, event, result } = outcome;
  const destination = condition === 'Success' ? config.onSuccessArn : config.onFailureArn;
  if (destination !== undefined) await send(options, destination, invocationRecord(options.context, outcome));
  if (condition !== 'Success' && definition.deadLetterArn !== undefined) {
    await send(options, definition.deadLetterArn, event.payload, {
      RequestID: event.requestId,
      ErrorCode: result === undefined ? '429' : '200',
      ErrorMessage: errorMessageOf(result),
    });
  }
}

async function send(
  { context, queues, invokeAsync }: DestinationsOptions,
  arn: string,
  body: string,
  attributes?: Record<string, string>,
): Promise<void> {
  try {
    if (arn.split(':')[2] === 'lambda') await invokeAsync(arn, body);
    else await queues.send(arn, body, attributes);
  } catch (error) {
    context.reportProblem(`The end of an asynchronous invocation could not be sent to ${arn}`, error);
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function invocationRecord(
  context: PlaceContext,
  { definition, event, condition, result }: AsyncOutcome,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(context.clock.now()).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${functionArn(context, definition.name)}:$LATEST`,
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: JSON.parse(event.payload) as unknown,
    responseContext:
      result === undefined
        ? undefined
        : { statusCode: 200, executedVersion: '$LATEST', functionError: result.functionError },
    responsePayload: result === undefined ? undefined : (JSON.parse(result.payload) as unknown),
  });
}

function errorMessageOf(result: InvocationResult | undefined): string {
  if (result === undefined) return 'Rate Exceeded.';
  const { errorMessage } = JSON.parse(result.payload) as { errorMessage?: unknown };
  return typeof errorMessage === 'string' ? errorMessage : result.payload;
}
