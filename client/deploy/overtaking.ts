import { setTimeout as sleep } from 'node:timers/promises';

import {
  DeleteChangeSetCommand,
  ListChangeSetsCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';

import { findStack, isAnnounced, wasCreated, type StackState } from './stack-state.js';

/** How long somebody else's change set may take from its making to its execution. */
const ANNOUNCED_MAX_MS = 60_000;
const INTERVAL_MS = 500;

/** A deployment, and the stack that it was planned from. */
export interface Plan {
  readonly client: CloudFormationClient;
  readonly stackName: string;
  /** Undefined when there was no stack. */
  readonly from: StackState | undefined;
  readonly changeSetName: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Whether a change set may still be executed: the stack is as it was when the change was planned. The toolkit looks by
 * itself whether there is a stack, and would change one that another has made meanwhile into one with a bucket and key
 * of other names.
 */
export async function isAsPlanned({ client, stackName, from, signal }: Plan): Promise<boolean> {
  const stack = await findStack(client, stackName, signal);
  const isToBeMade = from === undefined || !wasCreated(from.status);
  return isSame(from, stack) || (isToBeMade && stack !== undefined && isAnnounced(stack.status));
}

/**
 * Whether a deployment failed because another one came in between. Where that one has only announced itself, it is
 * given time to go on; an announcement that nobody follows is in nobody's way.
 */
export async function wasOvertaken(plan: Plan, limitMs = ANNOUNCED_MAX_MS): Promise<boolean> {
  const { client, stackName, from, signal } = plan;
  const endsAtMs = Date.now() + limitMs;
  let stack = await findStack(client, stackName, signal);
  const isOthers = stack !== undefined && isAnnounced(stack.status) && (await isAnnouncedByOthers(plan));
  while (isOthers && stack !== undefined && isAnnounced(stack.status) && Date.now() < endsAtMs) {
    await sleep(INTERVAL_MS, undefined, { ...(signal && { signal }) });
    stack = await findStack(client, stackName, signal);
  }
  if (stack !== undefined && isAnnounced(stack.status)) return isOthers;
  return !isSame(from, stack);
}

/** Takes back a change set that is not executed; one that stays would be in nobody's way. */
export async function discardChangeSet({ client, stackName, changeSetName }: Plan): Promise<void> {
  await client
    .send(new DeleteChangeSetCommand({ StackName: stackName, ChangeSetName: changeSetName }))
    .catch(() => undefined);
}

function isSame(one: StackState | undefined, other: StackState | undefined): boolean {
  return (
    one?.stackId === other?.stackId &&
    one?.status === other?.status &&
    one?.updatedAtMs === other?.updatedAtMs
  );
}

async function isAnnouncedByOthers({ client, stackName, changeSetName, signal }: Plan): Promise<boolean> {
  const { Summaries = [] } = await client
    .send(new ListChangeSetsCommand({ StackName: stackName }), { ...(signal && { abortSignal: signal }) })
    // Why the deployment failed is to be told, not that this may not be seen.
    .catch(() => ({ Summaries: [] }));
  return Summaries.some(
    ({ ChangeSetName, Status }) => ChangeSetName !== changeSetName && /^CREATE_/.test(Status ?? ''),
  );
}
