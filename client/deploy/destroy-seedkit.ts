import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';

import { parseSeedkitName, seedkitNames } from '../../lib/contract/index.js';
import { createAwsClients, type AwsClients } from '../connection/aws-clients.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import type { DeployListener, DestroyOptions, DestroyResult } from '../deploy-types.js';
import { deploySeedkit } from './deploy-seedkit.js';
import { deleteBucket, emptyBucket } from './empty-bucket.js';
import { followStack, newestEvent, settledStack } from './follow-stack.js';
import { deleteRetainedTable } from './retained-data.js';
import { stackFailure, type ResourceEvent } from './stack-failure.js';
import { refuseForeign, wasCreated, type StackState } from './stack-state.js';

/** Empties a seedkit's bucket and deletes it with the stack, and its data when that is asked for. */
export async function destroySeedkit(name: string, options: DestroyOptions = {}): Promise<DestroyResult> {
  const { aws = {}, deleteData = false, signal, onProgress = () => undefined } = options;
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const clients = createAwsClients(parseAwsOptions(aws));
  const client = await clients.cloudFormation();
  const stack = await settledStack(client, stackName, onProgress, signal);
  if (stack !== undefined) refuseForeign(stack);
  if (stack !== undefined && deleteData && wasCreated(stack.status)) {
    // What is retained is the template's to say: the stack itself deletes everything then, in its own order.
    await deploySeedkit(name, {
      aws,
      onProgress,
      removalPolicy: 'destroy',
      deletionProtection: false,
      ...(signal && { signal }),
    });
  }
  const result =
    stack === undefined
      ? { stackName, existed: false, retained: [] }
      : await deleteStack(clients, stack, { onProgress, signal });
  const table = deleteData ? await deleteRetainedTable(clients, name, signal) : undefined;
  if (table !== undefined) onProgress({ type: 'deleted', table });
  return result;
}

async function deleteStack(
  clients: AwsClients,
  stack: StackState,
  { onProgress, signal }: { onProgress: DeployListener; signal: AbortSignal | undefined },
): Promise<DestroyResult> {
  const client = await clients.cloudFormation();
  const { stackName } = stack;
  const { Bucket: bucket } = stack.outputs;
  const s3 = await clients.s3();
  const objects = bucket === undefined ? undefined : await emptyBucket(s3, bucket, signal);
  if (bucket !== undefined && objects !== undefined) onProgress({ type: 'emptied', bucket, objects });
  const after = await newestEvent(client, stack.stackId);
  const events: ResourceEvent[] = [];
  await client.send(new DeleteStackCommand({ StackName: stack.stackId }));
  const left = await followStack(client, stack.stackId, {
    after,
    ...(signal && { signal }),
    onEvent(event) {
      events.push(event);
      onProgress(event);
    },
  });
  if (left !== undefined) throw stackFailure(left, 'destroyed', events);
  // The stack retains it, for a deletion that nobody meant; this one empties it, and an empty one is of no use.
  if (bucket !== undefined && objects !== undefined) await deleteBucket(s3, bucket);
  const retained = events
    .filter(({ status, resourceType }) => status === 'DELETE_SKIPPED' && resourceType !== 'AWS::S3::Bucket')
    .map(({ logicalId, resourceType }) => ({ logicalId, resourceType }));
  return { stackName, existed: true, retained };
}
