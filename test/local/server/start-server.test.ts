import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createIdentity } from '../../../lib/local/identity/create-identity.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import type { AwsError } from '../../../lib/local/wire/aws-error.js';
import { jsonService } from '../../../lib/local/wire/json-service.js';
import type { WireRequest, WireService } from '../../../lib/local/wire/wire-service.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let context: TestPlaceContext;
let server: Awaited<ReturnType<typeof startServer>>;
let started: unknown[] = [];
let invoked: WireRequest[] = [];

const lambda: WireService = {
  signingName: 'lambda',
  protocol: 'rest-json',
  handle: async (request) => {
    invoked.push(request);
    return { status: 200, body: '{}' };
  },
  describeError: (error) => {
    const { code, message, statusCode } = error as AwsError;
    return {
      status: statusCode,
      headers: { 'x-amzn-errortype': code },
      body: JSON.stringify({ message }),
    };
  },
};

beforeAll(async () => {
  context = await openTestPlaceContext();
  const states = jsonService({
    signingName: 'states',
    targetPrefix: 'AWSStepFunctions',
    jsonVersion: '1.0',
    operations: {
      StartExecution: async (input: object) => {
        started.push(input);
        return { executionArn: 'arn:x', startDate: 1 };
      },
    },
  });
  const identity = await createIdentity(context);
  server = await startServer({ context, services: [identity.service, states, lambda], port: 0 });
  context.setEndpoint(`http://127.0.0.1:${server.port}`);
});
afterAll(async () => {
  await server.close();
  await context.dispose();
});
beforeEach(() => {
  started = [];
  invoked = [];
});

function clientOptions(overrides: object = {}) {
  return {
    endpoint: context.endpoint(),
    region: context.region,
    credentials: context.credentials,
    maxAttempts: 1,
    ...overrides,
  };
}

const start = (overrides: object = {}) =>
  new SFNClient(clientOptions(overrides)).send(
    new StartExecutionCommand({ stateMachineArn: 'arn:machine', input: '{"a":"é"}' }),
  );

describe('The server', () => {
  it("The server returns the caller's identity for valid credentials", async () => {
    const answer = await new STSClient(clientOptions()).send(new GetCallerIdentityCommand({}));
    expect(answer.Account).toBe(context.account);
    expect(answer.Arn).toBe(`arn:aws:iam::${context.account}:user/local`);
  });

  it('The server routes a signed AWS JSON request to the service in its signature', async () => {
    await expect(start()).resolves.toMatchObject({ executionArn: 'arn:x' });
    expect(started).toEqual([{ stateMachineArn: 'arn:machine', input: '{"a":"é"}' }]);
  });

  it("The server verifies the signature of a percent-encoded path, such as one with a function's ARN", async () => {
    const FunctionName = 'arn:aws:lambda:eu-central-1:123456789012:function:my-function:live';
    await new LambdaClient(clientOptions()).send(new InvokeCommand({ FunctionName, Payload: '{}' }));
    expect(decodeURIComponent(invoked[0]?.path ?? '')).toContain(FunctionName);
  });

  it.each([
    [
      'an unknown key',
      { credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' } },
      'UnrecognizedClientException',
    ],
    ['another region', { region: 'us-east-1' }, 'InvalidSignatureException'],
    ['a clock an hour late', { systemClockOffset: -3_600_000 }, 'InvalidSignatureException'],
    ['a clock an hour early', { systemClockOffset: 3_600_000 }, 'InvalidSignatureException'],
  ])(
    'The server refuses a request with %s with the error code of the JSON services',
    async (_title, overrides, name) => {
      await expect(start(overrides)).rejects.toMatchObject({ name });
      expect(started).toEqual([]);
    },
  );

  it('The server refuses a wrong secret with the error code of each protocol', async () => {
    const wrong = { credentials: { ...context.credentials, secretAccessKey: 'wrong' } };
    await expect(start(wrong)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    await expect(
      new STSClient(clientOptions(wrong)).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
    await expect(
      new LambdaClient(clientOptions(wrong)).send(new InvokeCommand({ FunctionName: 'f' })),
    ).rejects.toMatchObject({ name: 'InvalidSignatureException', $metadata: { httpStatusCode: 403 } });
    expect(started).toEqual([]);
  });

  it('The server refuses an unknown access key with the error code of Query services', async () => {
    const credentials = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' };
    await expect(
      new STSClient(clientOptions({ credentials })).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: 'InvalidClientTokenId', $metadata: { httpStatusCode: 403 } });
  });

  it('The server refuses a body that was changed after signing', async () => {
    const client = new SFNClient(clientOptions());
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: unknown };
        request.body = new TextDecoder().decode(request.body as Uint8Array).replace('machine', 'another');
        return next(args);
      },
      { step: 'deserialize', priority: 'low' },
    );
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: 'arn:machine' })),
    ).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(started).toEqual([]);
  });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

function send(headers: Record<string, string>, body = '', method = 'POST', path = '/'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.port, method, headers, path },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    request.on('error', reject).end(body);
  });
}

describe('A request with Signature Version 2', () => {
  const parameters =
    'AWSAccessKeyId=AKIA&SignatureVersion=2&SignatureMethod=HmacSHA256&Timestamp=2026-01-01T00%3A00%3A00Z&Signature=x%3D';
  const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const query = { status: 400, body: expect.stringContaining('<Code>IncompleteSignature</Code>') };
  const s3 = { status: 400, body: expect.stringContaining('<Code>InvalidRequest</Code>') };

  it.each<[string, Parameters<typeof send>, object]>([
    [
      'in the query of a Query service',
      [{}, '', 'GET', `/?Action=ListQueues&Version=1&${parameters}`],
      query,
    ],
    ['in the form of a Query service', [form, `Action=ListStacks&${parameters}`], query],
    ['in the URL of an S3 object', [{}, '', 'GET', '/b/k?AWSAccessKeyId=A&Expires=9&Signature=x'], s3],
    ['in the header of S3', [{ authorization: 'AWS AKIA:c2ln' }, '', 'GET', '/b/k'], s3],
    [
      'in the header of a JSON service',
      [{ authorization: 'AWS AKIA:c2ln', 'x-amz-target': 'AmazonSQS.ListQueues' }, '{}'],
      {
        status: 400,
        headers: expect.objectContaining({ 'x-amzn-errortype': 'IncompleteSignatureException' }),
      },
    ],
  ])('A signature of version 2 %s is refused by its name', async (_place, request, refusal) => {
    const answer = await send(...request);
    expect(answer).toMatchObject(refusal);
    expect(answer.body).toContain(
      'is signed with Signature Version 2. Please use Signature Version 4 (AWS4-HMAC-SHA256).',
    );
  });

  it('A form that is too long to be read for a signature is refused as unsigned', async () => {
    const answer = await send(form, `Action=X&Padding=${'x'.repeat(70_000)}&${parameters}`);
    expect(answer).toMatchObject({
      status: 403,
      body: expect.stringContaining('MissingAuthenticationToken'),
    });
  });
});

describe('A request that a web page can send', () => {
  const target = 'AWSStepFunctions.StartExecution';

  it.each([
    'text/plain',
    'application/x-amz-json-1.0',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ])('An unsigned request of a web page starts nothing, as %s', async (contentType) => {
    const headers = { 'content-type': contentType, 'x-amz-target': target };
    const answer = await send(headers, '{"stateMachineArn":"arn:machine"}');
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('MissingAuthenticationToken');
    expect(started).toEqual([]);
  });

  it.each([{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])(
    'A request of a web page is refused even with a valid signature: %j',
    async (said) => {
      const client = new STSClient(clientOptions());
      client.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { headers: Record<string, string> }).headers, said);
          return next(args);
        },
        { step: 'build' },
      );
      await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        $metadata: { httpStatusCode: 403 },
      });
      expect(await send(said)).toMatchObject({ status: 403, body: expect.stringContaining('web pages') });
    },
  );

  it('The answer to a web page has no cross-origin header', async () => {
    for (const method of ['OPTIONS', 'POST', 'GET']) {
      const { headers } = await send(
        { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
        '',
        method,
      );
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it("A request is refused for a Host header with another name or port than the server's", async () => {
    const answer = await send({ host: `evil.example:${server.port}` });
    expect(answer.status).toBe(421);
    expect((await send({ host: `127.0.0.1:${server.port + 1}` })).status).toBe(421);
  });

  it('The error of a request is in the protocol that the request appears to use', async () => {
    expect((await send({ 'content-type': 'text/plain' })).body).toContain('<Code>AccessDenied</Code>');
    expect((await send({ 'content-type': 'application/x-www-form-urlencoded' }, 'Action=X')).body).toContain(
      '<Code>MissingAuthenticationToken</Code>',
    );
  });
});

describe('A client that sends Expect: 100-continue', () => {
  it('An unsigned request with Expect: 100-continue is refused at once', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `PUT /bucket/key HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nexpect: 100-continue\r\ncontent-length: 9999999\r\n\r\n`,
    );
    const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(first.toString()).toMatch(/^HTTP\/1.1 403 /);
    socket.destroy();
  });
});

describe('Closing the server', () => {
  it('Closing the server closes keep-alive connections', async () => {
    const identity = await createIdentity(context);
    const other = await startServer({ context, services: [identity.service], port: 0 });
    const socket = connect(other.port, '127.0.0.1');
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.write(`GET / HTTP/1.1\r\nhost: 127.0.0.1:${other.port}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    await other.close();
    await ended;
  });
});
