import { setTimeout as sleep } from 'node:timers/promises';

import {
  DescribeStackEventsCommand,
  type CloudFormationClient,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

import type { DeployListener } from '../deploy-types.js';
import { resourceEvent, type ResourceEvent } from './stack-failure.js';
import { findStack, isUnderWay, type StackState } from './stack-state.js';

/** How often CloudFormation is asked: what is soon done is soon seen, and what takes minutes is not asked for more often. */
const INTERVALS_MS = { first: 100, factor: 1.5, last: 1_000 } as const;

export interface FollowOptions {
  readonly onEvent: (event: ResourceEvent) => void;
  readonly signal?: AbortSignal;
  /** Id of the last event that is not of interest. @default all are */
  readonly after?: string | undefined;
}

/**
 * Tells of a stack's events, oldest first, until nothing is under way.
 * @param stackId its ARN, by which a deleted stack is found too
 * @returns the stack as it ended; undefined when it is deleted
 */
export async function followStack(
  client: CloudFormationClient,
  stackId: string,
  { onEvent, signal, after }: FollowOptions,
): Promise<StackState | undefined> {
  let last = after;
  let intervalMs: number = INTERVALS_MS.first;
  for (;;) {
    // Looked at before its events, so that none of them is missed.
    const stack = await findStack(client, stackId, signal);
    const events = await eventsAfter(client, stackId, last, signal);
    for (const event of events) onEvent(resourceEvent(event));
    last = events.at(-1)?.EventId ?? last;
    if (stack === undefined || !isUnderWay(stack.status)) return stack;
    await sleep(intervalMs, undefined, { ...(signal && { signal }) });
    intervalMs = Math.min(intervalMs * INTERVALS_MS.factor, INTERVALS_MS.last);
  }
}

/** The stack once nothing is under way; what a deployment before comes to is its caller's business. */
export async function settledStack(
  client: CloudFormationClient,
  stackName: string,
  onProgress: DeployListener = () => undefined,
  signal?: AbortSignal,
): Promise<StackState | undefined> {
  const stack = await findStack(client, stackName, signal);
  if (stack === undefined || !isUnderWay(stack.status)) return stack;
  onProgress({ type: 'waiting', stackName, status: stack.status });
  return followStack(client, stack.stackId, { onEvent: onProgress, ...(signal && { signal }) });
}

/** Id of a stack's newest event. */
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
      new DescribeStackEventsCommand({
        StackName: stackId,
        ...(token !== undefined && { NextToken: token }),
      }),
      { ...(signal && { abortSignal: signal }) },
    );
    for (const event of StackEvents) {
      if (event.EventId === last) return found.reverse();
      found.push(event);
    }
    token = NextToken;
  } while (token !== undefined);
  return found.reverse();
}
