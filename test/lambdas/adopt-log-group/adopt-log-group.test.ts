import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DisassociateKmsKeyCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { handler } from '../../../lambdas/adopt-log-group/handler.js';

const logs = mockClient(CloudWatchLogsClient);
let server: Server;
let status: number;
let answers: { method: string | undefined; contentType: string | undefined; body: Record<string, unknown> }[];

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

beforeEach(async () => {
  logs.reset();
  status = 200;
  answers = [];
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      answers.push({
        method: request.method,
        contentType: request.headers['content-type'],
        body: JSON.parse(body),
      });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function ask(RequestType: string, ResourceProperties: object, more: object = {}) {
  const { port } = server.address() as AddressInfo;
  return handler({
    RequestType,
    ResponseURL: `http://127.0.0.1:${port}/answer?signature=x`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'BuildLogGroup',
    ResourceType: 'Custom::LogGroup',
    ResourceProperties: { ServiceToken: 'arn', ...ResourceProperties },
    ...more,
  });
}

const sent = () => logs.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);
const groupExists = () =>
  logs
    .on(CreateLogGroupCommand)
    .rejects(new ResourceAlreadyExistsException({ $metadata: {}, message: 'is there' }));

describe('adopt-log-group', () => {
  it('`adopt-log-group` creates a group with its key and retention, and answers with its name', async () => {
    await ask('Create', { LogGroupName: '/g', RetentionInDays: '30', KmsKeyId: 'arn:key' });

    expect(sent()).toEqual([
      [CreateLogGroupCommand.name, { logGroupName: '/g', kmsKeyId: 'arn:key' }],
      [PutRetentionPolicyCommand.name, { logGroupName: '/g', retentionInDays: 30 }],
    ]);
    expect(answers).toEqual([
      {
        method: 'PUT',
        contentType: '',
        body: {
          Status: 'SUCCESS',
          PhysicalResourceId: '/g',
          StackId: 'stack',
          RequestId: 'request',
          LogicalResourceId: 'BuildLogGroup',
        },
      },
    ]);
  });

  it('`adopt-log-group` adopts a group that exists, and sets its key and retention', async () => {
    groupExists();
    await ask('Create', { LogGroupName: '/g', RetentionInDays: '30', KmsKeyId: 'arn:key' });

    expect(logs.commandCalls(AssociateKmsKeyCommand)[0]?.args[0].input).toEqual({
      logGroupName: '/g',
      kmsKeyId: 'arn:key',
    });
    expect(logs.commandCalls(PutRetentionPolicyCommand)).toHaveLength(1);
    expect(answers[0]?.body).toMatchObject({ Status: 'SUCCESS' });
  });

  it('`adopt-log-group` removes the key and the retention that an update no longer names', async () => {
    groupExists();
    const OldResourceProperties = { LogGroupName: '/g', RetentionInDays: '30', KmsKeyId: 'arn:key' };
    await ask('Update', { LogGroupName: '/g' }, { PhysicalResourceId: '/g', OldResourceProperties });

    expect(logs.commandCalls(DisassociateKmsKeyCommand)).toHaveLength(1);
    expect(logs.commandCalls(DeleteRetentionPolicyCommand)).toHaveLength(1);
  });

  it('`adopt-log-group` keeps the group when the resource is deleted', async () => {
    await ask('Delete', { LogGroupName: '/g' }, { PhysicalResourceId: '/g' });

    expect(logs.calls()).toHaveLength(0);
    expect(answers[0]?.body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: '/g' });
  });

  it.each([
    ['of CloudWatch Logs', { LogGroupName: '/g' }, /denied/],
    ['in the properties', { LogGroupName: '/g', RetentionInDays: 'forever' }, /RetentionInDays/],
    ['in the name', { LogGroupName: ['/g'] }, /LogGroupName/],
  ])('`adopt-log-group` answers with the reason after a fault %s', async (_, properties, reason) => {
    logs.on(CreateLogGroupCommand).rejects(new Error('denied'));
    await ask('Create', properties);

    expect(answers[0]?.body).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
    expect(answers[0]?.body['PhysicalResourceId']).toBeTruthy();
  });

  it('`adopt-log-group` tries again while the right to create the group propagates', async () => {
    const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
    logs.on(CreateLogGroupCommand).rejectsOnce(denied).resolves({});
    await ask('Create', { LogGroupName: '/g' });

    expect(logs.commandCalls(CreateLogGroupCommand)).toHaveLength(2);
    expect(answers[0]?.body).toMatchObject({ Status: 'SUCCESS' });
  });

  it('`adopt-log-group` throws when its answer is not accepted, so that Lambda repeats the call', async () => {
    status = 503;

    await expect(ask('Create', { LogGroupName: '/g' })).rejects.toThrow(/HTTP status 503/);
  });
});
