import { setTimeout as sleep } from 'node:timers/promises';

import {
  DescribeStackEventsCommand,
  type CloudFormationClient,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

import { definedOnly } from '../../lib/contract/defined-only.js';
import type { DeployListener } from '../deploy-types.js';
import { resourceEvent, type ResourceEvent } from './stack-failure.js';
import { findStack, isInProgress, type StackState } from './stack-state.js';

/**
 * Intervals between two calls of CloudFormation. They grow, because an operation that takes long need not be polled
 * often.
 */
const INTERVALS_MS = { first: 100, factor: 1.5, last: 1_000 } as const;

/** Options of {@link followStack}. */
export interface FollowOptions {
  readonly onEvent: (event: ResourceEvent) => void;
  readonly signal?: AbortSignal | undefined;
  /** Id of the event after which reporting starts. @default all events are reported */
  readonly after?: string | undefined;
}

/**
 * Reports the events of a stack, oldest first, until no operation is in progress.
 * @param stackId ARN of the stack, because a deleted stack is not found by its name
 * @returns the stack after the operation, or undefined if it is deleted
 */
export async function followStack(
  client: CloudFormationClient,
  stackId: string,
  { onEvent, signal, after }: FollowOptions,
): Promise<StackState | undefined> {
  let last = after;
  let intervalMs: number = INTERVALS_MS.first;
  for (;;) {
    // The stack is read before its events. Otherwise the last events could be missed.
    const stack = await findStack(client, stackId, signal);
    const events = await eventsAfter(client, stackId, last, signal);
    for (const event of events) onEvent(resourceEvent(event));
    last = events.at(-1)?.EventId ?? last;
    if (stack === undefined || !isInProgress(stack.status)) return stack;
    await sleep(intervalMs, undefined, definedOnly({ signal }));
    intervalMs = Math.min(intervalMs * INTERVALS_MS.factor, INTERVALS_MS.last);
  }
}

/** Waits until no operation is in progress, and returns the stack. Does not throw if that operation failed. */
export async function settledStack(
  client: CloudFormationClient,
  stackName: string,
  onProgress: DeployListener = () => undefined,
  signal?: AbortSignal,
): Promise<StackState | undefined> {
  const stack = await findStack(client, stackName, signal);
  if (stack === undefined || !isInProgress(stack.status)) return stack;
  onProgress({ type: 'waiting', stackName, status: stack.status });
  return followStack(client, stack.stackId, { onEvent: onProgress, signal });
}

/** Returns the id of a stack's latest event. */
export async function newestEvent(
  client: CloudFormationClient,
  stackId: string,
): Promise<string | undefined> {
  const { StackEvents: [newest] = [] } = await client.send(
    new DescribeStackEventsCommand({ StackName: stackId }),
  );
  return newest?.EventId;
}

async function eventsAfter(
  client: CloudFormationClient,
  stackId: string,
  last: string | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly StackEvent[]> {
  const found: StackEvent[] = [];
  let token: string | undefined;
  do {
    const { StackEvents = [], NextToken } = await client.send(
      new DescribeStackEventsCommand({ StackName: stackId, NextToken: token }),
      definedOnly({ abortSignal: signal }),
    );
    for (const event of StackEvents) {
      if (event.EventId === last) return found.reverse();
      found.push(event);
    }
    token = NextToken;
  } while (token !== undefined);
  return found.reverse();
}
