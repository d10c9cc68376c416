import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { simulatedClock } from '../simulated-clock.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { openTestLambda, type TestLambda, until } from './function-fixtures.js';

let context: TestPlaceContext;
let lambda: TestLambda;
const clock = simulatedClock();

beforeEach(async () => {
  context = await openTestPlaceContext({ clock });
  lambda = await openTestLambda(context);
});
afterEach(async () => {
  await lambda.close();
  await context.dispose();
});

const ALWAYS_FAILS =
  'export const handler = async () => { console.log("tried"); throw new RangeError("never"); };';
const tries = () => lambda.logs.messages('/aws/lambda/f').filter((line) => line.includes('\ttried')).length;

describe('Asynchronous invocations', () => {
  it('An asynchronous invocation is accepted at once and runs later', async () => {
    await lambda.deploy('f', 'export const handler = async ({ a }) => console.log("got", a);');
    await lambda.invokeAsync('f', '{"a":5}');
    await until(() => lambda.logs.messages('/aws/lambda/f').some((line) => line.endsWith('got 5')));
  });

  it('An asynchronous invocation of a missing function is refused', async () => {
    await expect(lambda.invokeAsync('gone', '{}')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it('A failing asynchronous event is tried three times, minutes apart, then sent to the dead-letter queue', async () => {
    await lambda.deploy('f', ALWAYS_FAILS, {
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:eu-central-1:123456789012:dead' },
    });
    const startedAt = clock.now();
    await lambda.invokeAsync('f', '{"x":1}');
    await until(() => lambda.queues.sent.length === 1);
    expect(tries()).toBe(3);
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(180_000);
    expect(lambda.queues.sent[0]).toEqual({
      queue: 'arn:aws:sqs:eu-central-1:123456789012:dead',
      body: '{"x":1}',
      attributes: { RequestID: expect.any(String), ErrorCode: '200', ErrorMessage: 'never' },
    });
  });

  it('A failing asynchronous event is retried as configured, then sent to the on-failure destination', async () => {
    await lambda.deploy('f', ALWAYS_FAILS);
    const provider = lambda.resourceProviders.find(({ type }) => type === 'AWS::Lambda::EventInvokeConfig');
    await provider?.create({
      stackName: 's',
      logicalId: 'c',
      properties: {
        FunctionName: 'f',
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:123456789012:failed' } },
      },
    });
    await lambda.invokeAsync('f', '{"x":1}');
    await until(() => lambda.queues.sent.length === 1);
    expect(tries()).toBe(1);
    expect(JSON.parse(lambda.queues.sent[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
      requestPayload: { x: 1 },
      responsePayload: { errorType: 'RangeError', errorMessage: 'never' },
    });
  });

  it('An asynchronous event that was accepted before a stop runs after the next start', async () => {
    await lambda.deploy(
      'f',
      'export const handler = async ({ slow }) => { console.log("began"); await new Promise((r) => setTimeout(r, slow)); console.log("done"); };',
      { Timeout: 30 },
    );
    await lambda.invokeAsync('f', '{"slow":300}');
    await until(() => lambda.logs.messages('/aws/lambda/f').some((line) => line.endsWith('began')));
    await lambda.close();
    expect(lambda.logs.messages('/aws/lambda/f').some((line) => line.endsWith('done'))).toBe(false);
    lambda = await openTestLambda(context);
    await until(() => lambda.logs.messages('/aws/lambda/f').some((line) => line.endsWith('done')));
  });
});
