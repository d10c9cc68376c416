import { DynamoDBClient, ListTagsOfResourceCommand, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createDynamodb, type Dynamodb } from '../../../lib/local/dynamodb/create-dynamodb.js';
import type { Json } from '../../../lib/local/resources/resource-provider.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let context: TestPlaceContext;
let dynamodb: Dynamodb;
let server: Awaited<ReturnType<typeof startServer>>;
let client: DynamoDBClient;

async function open(): Promise<void> {
  dynamodb = await createDynamodb(context);
  server = await startServer({ context, services: [dynamodb.service], port: 0 });
  const { region, credentials } = context;
  const endpoint = `http://127.0.0.1:${server.port}`;
  client = new DynamoDBClient({ region, credentials, endpoint, maxAttempts: 1 });
}

async function close(): Promise<void> {
  client.destroy();
  await server.close();
  await dynamodb.close();
}

beforeEach(async () => {
  context = await openTestPlaceContext();
  await open();
});
afterEach(async () => {
  await close();
  await context.dispose();
});

const ResourceArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/runs';
const provider = () => dynamodb.resourceProviders[0]!;
const requestOf = (Tags?: Json) => ({
  stackName: 's',
  logicalId: 'Runs',
  properties: {
    TableName: 'runs',
    KeySchema: [{ AttributeName: 'runId', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'runId', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...(Tags === undefined ? {} : { Tags }),
  },
});
const tagsOfTable = async () => (await client.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags;

describe('Tags of a table', () => {
  it('`ListTagsOfResource` returns the tags of a template, also after a restart', async () => {
    await provider().create(
      requestOf([
        { Key: 'empty', Value: '' },
        { Key: 'team', Value: 'a b' },
        { Key: 'year', Value: 2026 },
      ]),
    );
    const expected = [
      { Key: 'empty', Value: '' },
      { Key: 'team', Value: 'a b' },
      { Key: 'year', Value: '2026' },
    ];
    expect(await tagsOfTable()).toEqual(expected);
    await close();
    await open();
    expect(await tagsOfTable()).toEqual(expected);
  });

  it('`ListTagsOfResource` returns no tags of a table whose template has none', async () => {
    await provider().create(requestOf());
    expect(await tagsOfTable()).toEqual([]);
  });

  it('An update of a template replaces the tags of a table, also those of `TagResource`', async () => {
    const created = await provider().create(
      requestOf([
        { Key: 'kept', Value: 'a' },
        { Key: 'removed', Value: 'a' },
      ]),
    );
    await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'added', Value: 'x' }] }));
    await provider().update(created, requestOf([{ Key: 'kept', Value: 'b' }]));
    expect(await tagsOfTable()).toEqual([{ Key: 'kept', Value: 'b' }]);
    await provider().update(created, requestOf());
    expect(await tagsOfTable()).toEqual([]);
  });

  it('A table that a template adopts has the tags of the template', async () => {
    await provider().create(requestOf([{ Key: 'of', Value: 'former stack' }]));
    await provider().create(requestOf([{ Key: 'by', Value: 'new stack' }]));
    expect(await tagsOfTable()).toEqual([{ Key: 'by', Value: 'new stack' }]);
  });

  it.each<[string, Json, string]>([
    [
      'two tags of one key',
      [
        { Key: 'team', Value: 'a' },
        { Key: 'team', Value: 'b' },
      ],
      'two tags have the same key',
    ],
    ['a tag without a value', [{ Key: 'team' }], 'tags[0].Value'],
    ['a tag with an empty key', [{ Key: '', Value: 'a' }], 'tags[0].Key'],
    ['a tag with an object as its value', [{ Key: 'team', Value: {} }], 'tags[0].Value'],
  ])('A template with %s is refused before it is deployed', async (_what, Tags, message) => {
    const check = async () => provider().check?.(requestOf(Tags));
    await expect(check()).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });
});
