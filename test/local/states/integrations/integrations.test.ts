import { describe, expect, it } from '@jest/globals';

import type { EventEntry, InvokeAnswer } from '../../../../lib/local/ports.js';
import { createIntegrations } from '../../../../lib/local/states/integrations/create-integrations.js';
import { AwsError } from '../../../../lib/local/wire/aws-error.js';
import type { JsonObject } from '../../../../lib/local/resources/resource-provider.js';
import { aDefinition, aTask, IDENTITY, run } from '../a-machine.js';

interface Services {
  invoke?: (name: string, payload: string) => Promise<InvokeAnswer>;
  call?: (operation: string, input: object) => Promise<Record<string, unknown>>;
  send?: (entry: EventEntry) => Promise<string>;
}

const unexpected = async (): Promise<never> => Promise.reject(new Error('not expected'));

function integrationsOf({ invoke = unexpected, call = unexpected, send = unexpected }: Services) {
  return createIntegrations({
    functions: { invoke, invokeAsync: async () => undefined },
    tables: { call },
    events: { send },
  });
}

/** Runs a machine with one task. Returns the result of its integration. */
async function runTask(resource: string, args: JsonObject, services: Services) {
  const Resource = `arn:aws:states:::${resource}`;
  const { end } = await run(aDefinition({ Call: aTask({ Resource, Arguments: args }) }), {
    integrations: integrationsOf(services),
  });
  return end.status === 'SUCCEEDED' ? (JSON.parse(end.output) as unknown) : end;
}

const invokeArgs = { FunctionName: 'f', Payload: { a: 1 } };
const putArgs = { TableName: 't', Item: { id: { S: '1' } }, ConditionExpression: 'attribute_not_exists(id)' };
const entry = { Source: 's', DetailType: 't', Detail: { a: 1 }, EventBusName: 'bus', Resources: ['r'] };

describe('lambda:invoke', () => {
  it('`lambda:invoke` sends the payload as JSON and returns the parsed answer', async () => {
    const asked: unknown[] = [];
    const invoke = async (...request: string[]) => {
      asked.push(request);
      return { payload: '{"b":2}', requestId: 'id' };
    };
    expect(await runTask('lambda:invoke', invokeArgs, { invoke })).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { b: 2 },
      StatusCode: 200,
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: 'id' },
    });
    expect(asked).toEqual([['f', '{"a":1}']]);
  });

  it.each([
    ['{"errorType":"TypeError","errorMessage":"m"}', 'TypeError'],
    ['{"errorMessage":"Task timed out after 3.00 seconds"}', 'Lambda.Unknown'],
  ])(
    '`lambda:invoke` fails with the error type of %s and the whole payload as cause',
    async (payload, error) => {
      const invoke = async () => ({ payload, functionError: 'Unhandled', requestId: 'id' });
      expect(await runTask('lambda:invoke', invokeArgs, { invoke })).toEqual({
        status: 'FAILED',
        error,
        cause: payload,
      });
    },
  );

  it('`lambda:invoke` fails with the error code of the service, or of the SDK when there is no answer', async () => {
    const throttled = async () =>
      Promise.reject(new AwsError('TooManyRequestsException', 'Rate exceeded', 429));
    expect(await runTask('lambda:invoke', invokeArgs, { invoke: throttled })).toMatchObject({
      error: 'Lambda.TooManyRequestsException',
      cause: expect.stringMatching(/^Rate exceeded \(Service: Lambda, Status Code: 429, Request ID: .+\)$/),
    });
    expect(await runTask('lambda:invoke', invokeArgs, {})).toMatchObject({
      error: 'Lambda.SdkClientException',
      cause: 'not expected',
    });
  });

  it('`lambda:invoke` returns at once for an asynchronous invocation', async () => {
    const args = { ...invokeArgs, InvocationType: 'Event' };
    expect(await runTask('lambda:invoke', args, {})).toMatchObject({ StatusCode: 202 });
  });
});

describe('DynamoDB', () => {
  const Key = { id: { S: '1' } };

  it.each([
    ['putItem', putArgs, 'PutItem'],
    ['getItem', { TableName: 't', Key }, 'GetItem'],
    ['updateItem', { TableName: 't', Key, UpdateExpression: 'SET a = b' }, 'UpdateItem'],
    ['deleteItem', { TableName: 't', Key, ReturnValues: 'ALL_OLD' }, 'DeleteItem'],
  ])('%s passes its arguments on, by both integrations', async (name, args, operation) => {
    const asked: unknown[] = [];
    const call = async (...request: unknown[]) => {
      asked.push(request);
      return { Attributes: {} };
    };
    expect(await runTask(`dynamodb:${name}`, args, { call })).toMatchObject({
      Attributes: {},
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
    expect(await runTask(`aws-sdk:dynamodb:${name}`, args, { call })).toEqual({ Attributes: {} });
    expect(asked).toEqual([
      [operation, args],
      [operation, args],
    ]);
  });

  it.each([
    ['dynamodb:putItem', 'DynamoDB.ConditionalCheckFailedException'],
    ['aws-sdk:dynamodb:putItem', 'DynamoDb.ConditionalCheckFailedException'],
  ])('%s fails with %s if its condition fails', async (resource, error) => {
    const call = async () =>
      Promise.reject(new AwsError('ConditionalCheckFailedException', 'The conditional request failed'));
    expect(await runTask(resource, putArgs, { call })).toMatchObject({ status: 'FAILED', error });
  });
});

describe('Attribute values of the SDK integration', () => {
  const item = (bool: string, set: string) => ({
    id: { S: '1' },
    deep: { M: { list: { L: [{ [bool]: true }, { N: '1' }] }, BOOL: { S: 'an attribute of that name' } } },
    set: { [set]: ['a'] },
  });

  it('Attribute values in arguments and results of the SDK integration have the type names of the SDK for Java', async () => {
    const asked: unknown[] = [];
    const call = async (_operation: string, input: object) => {
      asked.push(input);
      return { Attributes: item('BOOL', 'SS') };
    };
    const args = { TableName: 't', Item: item('Bool', 'Ss') };
    const answer = await runTask('aws-sdk:dynamodb:putItem', args, { call });
    expect(asked).toEqual([{ TableName: 't', Item: item('BOOL', 'SS') }]);
    expect(answer).toEqual({ Attributes: item('Bool', 'Ss') });
  });

  it('Attribute values with the type names of DynamoDB are refused in the SDK integration', async () => {
    const args = { TableName: 't', Item: item('BOOL', 'Ss') };
    expect(await runTask('aws-sdk:dynamodb:putItem', args, { call: async () => ({}) })).toMatchObject({
      error: 'States.Runtime',
      cause: 'The field "BOOL" is not supported by Step Functions',
    });
  });
});

describe('events:putEvents', () => {
  it('`events:putEvents` adds the execution and its machine to the resources of each event', async () => {
    const sent: EventEntry[] = [];
    const send = async (event: EventEntry) => `id-${sent.push(event)}`;
    const args = { Entries: [entry, { Source: 's', DetailType: 't', Detail: '{"b":1}' }] };
    expect(await runTask('events:putEvents', args, { send })).toMatchObject({
      Entries: [{ EventId: 'id-1' }, { EventId: 'id-2' }],
      FailedEntryCount: 0,
    });
    const own = [IDENTITY.executionArn, IDENTITY.stateMachineArn];
    expect(sent).toEqual([
      { source: 's', detailType: 't', detail: '{"a":1}', eventBusName: 'bus', resources: ['r', ...own] },
      { source: 's', detailType: 't', detail: '{"b":1}', resources: own },
    ]);
  });

  it('`events:putEvents` fails when one of its entries failed', async () => {
    const send = async ({ source }: EventEntry) =>
      source === 's' ? 'id' : Promise.reject(new AwsError('ThrottlingException', 'slow'));
    const args = { Entries: [entry, { ...entry, Source: 'other' }, { Source: 's', Detail: {} }] };
    expect(await runTask('events:putEvents', args, { send })).toEqual({
      status: 'FAILED',
      error: 'EventBridge.FailedEntry',
      cause: JSON.stringify({
        Entries: [
          { EventId: 'id' },
          { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' },
          {
            ErrorCode: 'InvalidArgument',
            ErrorMessage: 'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
          },
        ],
        FailedEntryCount: 2,
      }),
    });
  });

  it.each([
    ['no entries', [], 'EventBridge.ValidationException'],
    ['eleven entries', Array.from({ length: 11 }, () => entry), 'EventBridge.ValidationException'],
    ['a member that is none', [{ ...entry, Other: 1 }], 'States.Runtime'],
  ])('`events:putEvents` fails for %s', async (_what, Entries, error) => {
    expect(await runTask('events:putEvents', { Entries }, {})).toMatchObject({ status: 'FAILED', error });
  });
});
