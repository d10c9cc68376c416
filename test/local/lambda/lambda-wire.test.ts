import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startServer } from '../../../lib/local/server/start-server.js';
import { sendSigned } from '../../fuzz/signed-request.js';
import { NO_QUOTAS } from '../../../lib/local/quotas/quotas.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { openTestLambda, type TestLambda, until } from './function-fixtures.js';

/** Maximum number of invocations that run at the same time in the account. */
let concurrentInvocations = Infinity;
let context: TestPlaceContext;
let lambda: TestLambda;
let server: Awaited<ReturnType<typeof startServer>>;
let client: LambdaClient;

beforeAll(async () => {
  const quotas = {
    ...NO_QUOTAS,
    get concurrentInvocations() {
      return concurrentInvocations;
    },
  };
  context = await openTestPlaceContext({ quotas });
  lambda = await openTestLambda(context);
  server = await startServer({ context, services: [lambda.service], port: 0 });
  const { region, credentials } = context;
  client = new LambdaClient({
    region,
    credentials,
    endpoint: `http://127.0.0.1:${server.port}`,
    maxAttempts: 1,
  });
  await lambda.deploy(
    'f',
    'export const handler = async (event) => { console.log("got", JSON.stringify(event).length); if (event.fail) throw new Error("asked to"); return event; };',
    { Environment: { Variables: { A: 'b' } }, Timeout: 30, MemorySize: 512 },
  );
});
afterAll(async () => {
  client.destroy();
  await server.close();
  await lambda.close();
  await context.dispose();
});

const invoke = (more: object) => client.send(new InvokeCommand({ FunctionName: 'f', ...more }));

describe('The Lambda client', () => {
  it('The Lambda client invokes a function with a large payload and receives it back', async () => {
    const Payload = JSON.stringify({ text: 'x'.repeat(5_000_000) });
    const answer = await invoke({ Payload });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.Payload?.transformToString()).toBe(Payload);
  });

  it("The Lambda client receives a function's error and the end of its log", async () => {
    const answer = await invoke({ Payload: '{"fail":true}', LogType: 'Tail' });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'Error',
      errorMessage: 'asked to',
    });
    const tail = Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8');
    expect(tail).toMatch(/^START RequestId[^]*got 13[^]*asked to[^]*REPORT RequestId/);
  });

  it('The Lambda client sends an asynchronous event', async () => {
    expect(await invoke({ InvocationType: 'Event', Payload: '{"event":1}' })).toMatchObject({
      StatusCode: 202,
    });
    await until(() => lambda.logs.messages('/aws/lambda/f').some((line) => line.endsWith('got 11')));
  });

  it('The Lambda client receives the reason when the account has no concurrency left', async () => {
    concurrentInvocations = 0;
    try {
      await expect(invoke({})).rejects.toMatchObject({
        name: 'TooManyRequestsException',
        Reason: 'ConcurrentInvocationLimitExceeded',
        Type: 'User',
        $metadata: { httpStatusCode: 429 },
      });
    } finally {
      concurrentInvocations = Infinity;
    }
  });

  it('The Lambda client makes a dry run', async () => {
    expect(await invoke({ InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
  });

  it.each<[string, object, string]>([
    ['an unknown function', { FunctionName: 'gone' }, 'ResourceNotFoundException'],
    ['a payload that is no JSON', { Payload: '{' }, 'InvalidRequestContentException'],
    [
      'a payload over 6 MB',
      { Payload: JSON.stringify('x'.repeat(6 * 1024 * 1024)) },
      'RequestTooLargeException',
    ],
    [
      'an event over 1 MB',
      { InvocationType: 'Event', Payload: JSON.stringify('x'.repeat(1024 * 1024)) },
      'RequestTooLargeException',
    ],
  ])('The Lambda client is refused %s', async (_what, more, name) => {
    await expect(invoke(more)).rejects.toMatchObject({ name });
  });

  it('A function name that is not UTF-8 is refused', async () => {
    const answer = await sendSigned(
      { port: server.port, region: context.region, credentials: context.credentials },
      { service: 'lambda', method: 'GET', path: '/2015-03-31/functions/%c3%28' },
    );
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([400, 'ValidationException']);
  });

  it('The Lambda client describes and lists functions', async () => {
    const expected = {
      FunctionName: 'f',
      FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
      Handler: 'index.handler',
      Timeout: 30,
      MemorySize: 512,
      State: 'Active',
      Environment: { Variables: { A: 'b' } },
    };
    const named = { FunctionName: 'f' };
    expect(await client.send(new GetFunctionConfigurationCommand(named))).toMatchObject(expected);
    expect((await client.send(new GetFunctionCommand(named))).Configuration).toMatchObject(expected);
    expect((await client.send(new ListFunctionsCommand({}))).Functions).toMatchObject([expected]);
  });
});
