import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  AwsError,
  ConnectionDropped,
  type Intercept,
  type LocalAws,
  type PlaceCall,
  startLocalAws,
} from '../../lib/local/index.js';

let place: LocalAws;
let logs: CloudWatchLogsClient;
let calls: PlaceCall[];
let react: Intercept;

beforeAll(async () => {
  place = await startLocalAws({
    intercept: (call, proceed) => {
      calls.push(call);
      return react(call, proceed);
    },
  });
  logs = new CloudWatchLogsClient({ ...reach(), maxAttempts: 1, customUserAgent: 'my-client' });
});
afterAll(() => place.close());
beforeEach(() => {
  calls = [];
  react = (_call, proceed) => proceed();
});

function reach() {
  const { endpoint, region, credentials } = place;
  return { endpoint, region, credentials };
}

const create = (logGroupName: string) => logs.send(new CreateLogGroupCommand({ logGroupName }));
async function groups(): Promise<string[]> {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  return logGroups.map(({ logGroupName = '' }) => logGroupName);
}

describe('An intercept', () => {
  it('An intercept receives each call with its service, operation and client', async () => {
    await groups();
    const s3 = new S3Client({ ...reach(), forcePathStyle: true, maxAttempts: 1 });
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'no-such' }))).rejects.toThrow();
    expect(calls).toMatchObject([
      {
        service: 'logs',
        operation: 'DescribeLogGroups',
        from: 'wire',
        userAgent: expect.stringContaining('my-client'),
      },
      { service: 's3', operation: 'HEAD', from: 'wire' },
    ]);
  });

  it('An intercept can refuse a call with an error of the service', async () => {
    react = () => Promise.reject(new AwsError('ThrottlingException', 'Rate exceeded', 400));
    await expect(create('refused')).rejects.toMatchObject({ name: 'ThrottlingException' });
    react = (_call, proceed) => proceed();
    await expect(groups()).resolves.not.toContain('refused');
  });

  it('An intercept can drop the answer of a call that was made', async () => {
    react = async (_call, proceed) => {
      await proceed();
      throw new ConnectionDropped('the cable was pulled');
    };
    await expect(create('done')).rejects.toThrow('socket hang up');
    react = (_call, proceed) => proceed();
    await expect(groups()).resolves.toContain('done');
  });

  it('An intercept can make a call twice with the same body', async () => {
    react = async (_call, proceed) => {
      await proceed();
      return proceed();
    };
    await expect(create('twice')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
  });
});
