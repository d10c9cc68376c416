import { GetFunctionCommand, LambdaClient, ListTagsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Json } from '../../../lib/local/resources/resource-provider.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { openTestLambda, type TestLambda } from './function-fixtures.js';

const SOURCE = 'export const handler = async () => undefined;';
let context: TestPlaceContext;
let lambda: TestLambda;
let server: Awaited<ReturnType<typeof startServer>>;
let client: LambdaClient;

beforeAll(async () => {
  context = await openTestPlaceContext();
  lambda = await openTestLambda(context);
  server = await startServer({ context, services: [lambda.service], port: 0 });
  const { region, credentials } = context;
  const endpoint = `http://127.0.0.1:${server.port}`;
  client = new LambdaClient({ region, credentials, endpoint, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.close();
  await lambda.close();
  await context.dispose();
});

const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
const tagsOf = async (Resource: string) => (await client.send(new ListTagsCommand({ Resource }))).Tags;

describe('Tags of a function', () => {
  it('`ListTags` and `GetFunction` return the tags of the template', async () => {
    const Tags = [{ Key: 'team', Value: 'a b' }, { Key: 'year', Value: 2026 }, { Key: 'empty' }];
    await lambda.deploy('tagged', SOURCE, { Tags });
    const expected = { team: 'a b', year: '2026', empty: '' };
    expect(await tagsOf(arnOf('tagged'))).toEqual(expected);
    const { Tags: described } = await client.send(new GetFunctionCommand({ FunctionName: 'tagged' }));
    expect(described).toEqual(expected);
  });

  it('`ListTags` returns no tags of a function whose template has none', async () => {
    await lambda.deploy('untagged', SOURCE);
    expect(await tagsOf(arnOf('untagged'))).toEqual({});
  });

  it.each<[string, string, string]>([
    ['a function that does not exist', arnOf('none'), 'ResourceNotFoundException'],
    ['a version of a function', arnOf('tagged:1'), 'InvalidParameterValueException'],
    ['a name in place of an ARN', 'tagged', 'InvalidParameterValueException'],
  ])('`ListTags` refuses %s', async (_what, resource, name) => {
    await expect(tagsOf(resource)).rejects.toMatchObject({ name });
  });

  it.each<[string, Json, string]>([
    ['two tags of one key', [{ Key: 'team', Value: 'a' }, { Key: 'team' }], 'two tags have the same key'],
    ['a tag without a key', [{ Value: 'a' }], 'Key'],
  ])('A template with %s is refused', async (_what, Tags, message) => {
    await expect(lambda.deploy('refused', SOURCE, { Tags })).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});
