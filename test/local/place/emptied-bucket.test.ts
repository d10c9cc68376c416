import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { GetBucketTaggingCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type LocalAws, startLocalAws } from '../../../lib/local/index.js';
import { withTemporaryFolder } from './temporary-folder.js';

let place: LocalAws;
beforeAll(async () => {
  place = await startLocalAws();
});
afterAll(() => place.close());

describe('A bucket of the CDK with autoDeleteObjects', () => {
  it('The bucket is emptied by the CDK’s function and deleted when its stack is deleted', async () => {
    await withTemporaryFolder(async (outdir) => {
      const app = new App({ outdir });
      const stack = new Stack(app, 'Own');
      const bucket = new Bucket(stack, 'Files', {
        autoDeleteObjects: true,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      new CfnOutput(stack, 'Name', { value: bucket.bucketName });
      app.synth();
      const [deployed] = await place.deploy(outdir);
      const { endpoint, region, credentials } = place;
      const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      const cloudFormation = new CloudFormationClient({ endpoint, region, credentials });
      const name = deployed?.outputs['Name'];
      await s3.send(new PutObjectCommand({ Bucket: name, Key: 'a/b', Body: 'text' }));
      expect((await s3.send(new GetBucketTaggingCommand({ Bucket: name }))).TagSet).toEqual([
        { Key: 'aws-cdk:auto-delete-objects', Value: 'true' },
      ]);

      const { Stacks: [found] = [] } = await cloudFormation.send(
        new DescribeStacksCommand({ StackName: 'Own' }),
      );
      await cloudFormation.send(new DeleteStackCommand({ StackName: 'Own' }));
      const waiting = { client: cloudFormation, maxWaitTime: 300, minDelay: 1, maxDelay: 1 };
      await waitUntilStackDeleteComplete(waiting, { StackName: found?.StackId ?? '' });
      await expect(s3.send(new HeadBucketCommand({ Bucket: name }))).rejects.toMatchObject({
        name: 'NotFound',
      });
    });
  });
});
