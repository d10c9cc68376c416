import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

import type { LocalAws } from '../../lib/local/local-aws.js';

/** Written values by name, for each service. */
export interface Acknowledged {
  readonly parameters: Map<string, string>;
  readonly items: Map<string, string>;
  readonly objects: Map<string, string>;
  readonly events: Map<string, string>;
}

/** Reads all values that were written and acknowledged. */
export async function readAcknowledged(
  { endpoint, region, credentials }: LocalAws,
  { parameters, objects }: Acknowledged,
): Promise<Acknowledged> {
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  const found: Acknowledged = {
    parameters: new Map(),
    items: new Map(),
    objects: new Map(),
    events: new Map(),
  };
  const ssm = new SSMClient(configuration);
  for (const Name of parameters.keys()) {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    found.parameters.set(Name, Parameter?.Value ?? '');
  }
  const s3 = new S3Client({ ...configuration, forcePathStyle: true });
  for (const Key of objects.keys()) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
    found.objects.set(Key, (await Body?.transformToString()) ?? '');
  }
  for await (const { Items = [] } of paginateScan(
    { client: new DynamoDBClient(configuration) },
    { TableName: 'table' },
  )) {
    for (const { id, value } of Items) found.items.set(id?.S ?? '', value?.S ?? '');
  }
  const logs = new CloudWatchLogsClient(configuration);
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName: 'group' })) {
    for (const { message = '' } of events) {
      const [name = '', value = ''] = message.split('\n');
      found.events.set(name, value);
    }
  }
  return found;
}
