import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';

import { definedOnly, parseSeedkitName, seedkitNames } from '../../lib/contract/index.js';
import { createAwsClients, type AwsClients } from '../connection/aws-clients.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import { isLocalArn } from '../local-account.js';
import type { DeployListener, DestroyOptions, DestroyResult, KeyDeletion } from '../deploy-types.js';
import { deploySeedkit } from './deploy-seedkit.js';
import { deleteBucket, emptyBucket } from './empty-bucket.js';
import { followStack, newestEvent, settledStack } from './follow-stack.js';
import { deleteRetainedPackages } from './retained-packages.js';
import { deleteRetainedData, deletionDateOf } from './retained-data.js';
import { refuseImported } from './refuse-imported.js';
import { stackFailure, type ResourceEvent } from './stack-failure.js';
import { refuseForeign, wasCreated, type StackState } from './stack-state.js';

/** Deletes a seedkit's stack and bucket, and with `deleteData` its retained data. */
export async function destroySeedkit(name: string, options: DestroyOptions = {}): Promise<DestroyResult> {
  const { aws = {}, deleteData = false, roleArn, signal, onProgress = () => undefined } = options;
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const clients = createAwsClients(parseAwsOptions(aws));
  const client = await clients.cloudFormation();
  const stack = await settledStack(client, stackName, onProgress, signal);
  if (stack !== undefined) {
    refuseForeign(stack);
    await refuseImported(client, stack, signal);
  }
  if (stack !== undefined && deleteData && wasCreated(stack.status)) {
    // The template decides which resources are retained, so it is first changed to retain none.
    const destroyable = { removalPolicy: 'destroy', deletionProtection: false } as const;
    await deploySeedkit(name, { ...destroyable, aws, roleArn, onProgress, signal });
  }
  const result =
    stack === undefined
      ? { stackName, existed: false, retained: [] }
      : await deleteStack(clients, stack, { roleArn, onProgress, signal });
  if (!deleteData) return result;
  const deleted = await deleteRetained(clients, name, { onProgress, signal });
  return hasDeletedDomain(stack, result)
    ? { ...result, ...deleted, uncheckedDomain: undefined }
    : { ...result, ...deleted };
}

/** Deletes packages and records that the stack, or an earlier one, retained. */
async function deleteRetained(
  clients: AwsClients,
  name: string,
  { onProgress, signal }: Following,
): Promise<Omit<DestroyResult, 'stackName' | 'existed' | 'retained'>> {
  const { domain, state } = await deleteRetainedPackages(clients, name, signal);
  if (state === 'retained') onProgress({ type: 'deletedPackages', domain });
  const deleted = await deleteRetainedData(clients, name, signal);
  if (deleted.deletedTable !== undefined) onProgress({ type: 'deleted', table: deleted.deletedTable });
  const domains = { retained: { deletedDomain: domain }, unchecked: { uncheckedDomain: domain }, none: {} };
  return { ...domains[state], ...deleted };
}

/** Returns whether the stack had a CodeArtifact domain that its deletion has deleted. */
function hasDeletedDomain(stack: StackState | undefined, { retained }: DestroyResult): boolean {
  const isKept = retained.some(({ resourceType }) => resourceType === 'AWS::CodeArtifact::Domain');
  return stack?.outputs['CodeArtifactDomain'] !== undefined && !isKept;
}

interface Following {
  readonly onProgress: DeployListener;
  readonly signal: AbortSignal | undefined;
}

async function deleteStack(
  clients: AwsClients,
  stack: StackState,
  { roleArn, onProgress, signal }: Following & Pick<DestroyOptions, 'roleArn'>,
): Promise<DestroyResult> {
  const client = await clients.cloudFormation();
  const { stackName } = stack;
  const { Bucket: bucket } = stack.outputs;
  const s3 = await clients.s3();
  const objects = bucket === undefined ? undefined : await emptyBucket(s3, bucket, signal);
  if (bucket !== undefined && objects !== undefined) onProgress({ type: 'emptied', bucket, objects });
  onProgress({ type: 'deleting', stackName });
  const after = await newestEvent(client, stack.stackId);
  const events: ResourceEvent[] = [];
  await client.send(new DeleteStackCommand({ StackName: stack.stackId, RoleARN: roleArn }));
  const left = await followStack(client, stack.stackId, {
    after,
    signal,
    onEvent(event) {
      events.push(event);
      onProgress(event);
    },
  });
  if (left !== undefined) throw stackFailure(left, 'destroyed', events);
  // The stack retains the bucket to protect its objects. The bucket is empty now, so it can be deleted.
  if (bucket !== undefined && objects !== undefined) await deleteBucket(s3, bucket);
  const retained = events
    .filter(({ status, resourceType }) => status === 'DELETE_SKIPPED' && !isGone(resourceType, stack))
    .map(({ logicalId, resourceType, physicalId }) => ({
      logicalId,
      resourceType,
      ...definedOnly({ physicalId: keyOf(resourceType, stack) ?? physicalId }),
    }));
  return { stackName, existed: true, retained, ...definedOnly({ keyDeletion: deletionOf(stack, events) }) };
}

/** Returns whether a resource that the stack retains does not exist: its bucket, and a key of a local AWS. */
function isGone(resourceType: string, { stackId }: StackState): boolean {
  return resourceType === 'AWS::S3::Bucket' || (resourceType === 'AWS::KMS::Key' && isLocalArn(stackId));
}

/**
 * Returns the deletion that CloudFormation scheduled for the stack's key; undefined if the stack retains it. A local
 * AWS has no keys.
 */
function deletionOf(stack: StackState, events: readonly ResourceEvent[]): KeyDeletion | undefined {
  const event = events.find(
    ({ resourceType, status }) => resourceType === 'AWS::KMS::Key' && status === 'DELETE_COMPLETE',
  );
  const keyArn = keyOf('AWS::KMS::Key', stack) ?? event?.physicalId;
  if (event === undefined || keyArn === undefined || isLocalArn(keyArn)) return undefined;
  return { keyArn, deletedAt: deletionDateOf(event.timestampMs).toISOString() };
}

function keyOf(resourceType: string, { outputs }: StackState): string | undefined {
  return resourceType === 'AWS::KMS::Key' ? outputs['KmsKeyArn'] : undefined;
}
