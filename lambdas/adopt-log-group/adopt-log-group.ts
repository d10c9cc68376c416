import {
  AssociateKmsKeyCommand,
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DisassociateKmsKeyCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';

import type {
  CustomResourceRequest,
  LogGroupProperties,
  OldLogGroupProperties,
} from './custom-resource-request.js';

/**
 * Creates a log group, or adopts an existing one that CodeBuild created before the seedkit was deployed or that an
 * earlier stack retained. A request to delete keeps the group, because it has the logs of runs.
 */
export async function adoptLogGroup(
  request: CustomResourceRequest,
  logs: CloudWatchLogsClient,
): Promise<void> {
  if (request.RequestType === 'Delete') return;
  const properties = request.ResourceProperties;
  const before = request.RequestType === 'Update' ? request.OldResourceProperties : undefined;
  await createOrEncrypt(properties, before, logs);
  await retain(properties, before, logs);
}

async function createOrEncrypt(
  { LogGroupName: logGroupName, KmsKeyId: kmsKeyId }: LogGroupProperties,
  before: OldLogGroupProperties | undefined,
  logs: CloudWatchLogsClient,
): Promise<void> {
  try {
    await logs.send(new CreateLogGroupCommand({ logGroupName, kmsKeyId }));
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    if (kmsKeyId !== undefined) await logs.send(new AssociateKmsKeyCommand({ logGroupName, kmsKeyId }));
    else if (before?.KmsKeyId !== undefined) await logs.send(new DisassociateKmsKeyCommand({ logGroupName }));
  }
}

async function retain(
  { LogGroupName: logGroupName, RetentionInDays: retentionInDays }: LogGroupProperties,
  before: OldLogGroupProperties | undefined,
  logs: CloudWatchLogsClient,
): Promise<void> {
  if (retentionInDays !== undefined) {
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  } else if (before?.RetentionInDays !== undefined) {
    await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  }
}
