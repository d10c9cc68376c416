import { setTimeout as sleep } from 'node:timers/promises';

import {
  DeleteChangeSetCommand,
  ListChangeSetsCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { findStack, isAnnounced, wasCreated, type StackState } from './stack-state.js';

/** Maximum time that another deployment may take between creating and executing its change set. */
const ANNOUNCED_MAX_MS = 60_000;
const INTERVAL_MS = 500;

/** A deployment and the stack that it is based on. */
export interface Plan {
  readonly client: CloudFormationClient;
  readonly stackName: string;
  /** The stack that was found; undefined if there was none. */
  readonly from: StackState | undefined;
  readonly changeSetName: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Returns whether the change set may be executed, because the stack has not changed since it was found. The toolkit
 * itself would also update a stack that another deployment has created since then, and would replace its bucket and key
 * by ones with other names.
 */
export async function isAsPlanned({ client, stackName, from, signal }: Plan): Promise<boolean> {
  const stack = await findStack(client, stackName, signal);
  const isToBeMade = from === undefined || !wasCreated(from.status);
  return isSame(from, stack) || (isToBeMade && stack !== undefined && isAnnounced(stack.status));
}

/**
 * Returns whether the deployment failed because another one changed the stack. If the other one has created only a
 * change set so far, this function waits for its execution, for at most `limitMs`, because that deployment may have
 * been aborted.
 */
export async function wasOvertaken(plan: Plan, limitMs = ANNOUNCED_MAX_MS): Promise<boolean> {
  const { client, stackName, from, signal } = plan;
  const endsAtMs = Date.now() + limitMs;
  let stack = await findStack(client, stackName, signal);
  const isOthers = stack !== undefined && isAnnounced(stack.status) && (await isAnnouncedByOthers(plan));
  while (isOthers && stack !== undefined && isAnnounced(stack.status) && Date.now() < endsAtMs) {
    await sleep(INTERVAL_MS, undefined, definedOnly({ signal }));
    stack = await findStack(client, stackName, signal);
  }
  if (stack !== undefined && isAnnounced(stack.status)) return isOthers;
  return !isSame(from, stack);
}

/** Deletes a change set that is not executed. An error is ignored, because a remaining change set does no harm. */
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
    .send(new ListChangeSetsCommand({ StackName: stackName }), definedOnly({ abortSignal: signal }))
    // The deployment's own failure is reported, not a missing right to list change sets.
    .catch(() => ({ Summaries: [] }));
  return Summaries.some(
    ({ ChangeSetName, Status }) => ChangeSetName !== changeSetName && /^CREATE_/.test(Status ?? ''),
  );
}
