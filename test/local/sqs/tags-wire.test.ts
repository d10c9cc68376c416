import { CreateQueueCommand, ListQueueTagsCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Json, JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { openQueueStore } from '../../../lib/local/sqs/queue-store.js';
import { openTestSqs, type TestSqs } from './test-sqs.js';

let test: TestSqs;
let context: TestSqs['context'];
let sqs: TestSqs['sqs'];
let client: TestSqs['client'];

beforeEach(async () => {
  test = await openTestSqs();
  ({ context, sqs, client } = test);
});
afterEach(() => test.close());

const createQueue = async (QueueName: string, tags?: Record<string, string>) =>
  (await client.send(new CreateQueueCommand({ QueueName, ...(tags && { tags }) }))).QueueUrl ?? '';
const tagsOf = async (QueueUrl: string) => (await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
const provider = () => {
  const found = sqs.resourceProviders.find(({ type }) => type === 'AWS::SQS::Queue');
  if (found === undefined) throw new Error('no provider');
  return found;
};
const resource = (properties: JsonObject) => ({ stackName: 's', logicalId: 'Q', properties });

describe('Tags of a queue', () => {
  it('`ListQueueTags` returns the tags of `CreateQueue`, which are stored', async () => {
    const tags = { team: 'a b', empty: '', 'aws-like:key': 'x/y' };
    const url = await createQueue('tagged', tags);
    expect(await tagsOf(url)).toEqual(tags);
    expect(await openQueueStore(context).find('tagged')).toMatchObject({ tags });
  });

  it('`ListQueueTags` leaves out `Tags` for a queue without tags', async () => {
    expect(await tagsOf(await createQueue('untagged'))).toBeUndefined();
  });

  it('`ListQueueTags` refuses a queue that does not exist', async () => {
    await expect(tagsOf(`${context.endpoint()}/123456789012/none`)).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  it('`ListQueueTags` returns the tags of a template, and of its update', async () => {
    const Tags = [
      { Key: 'team', Value: 'a' },
      { Key: 'year', Value: 2026 },
    ];
    const made = await provider().create(resource({ QueueName: 'q', Tags }));
    expect(await tagsOf(made.physicalId)).toEqual({ team: 'a', year: '2026' });
    const changed = [{ Key: 'team', Value: 'b' }];
    await provider().update(made, resource({ QueueName: 'q', Tags: changed }));
    expect(await tagsOf(made.physicalId)).toEqual({ team: 'b' });
    await provider().update(made, resource({ QueueName: 'q' }));
    expect(await tagsOf(made.physicalId)).toBeUndefined();
  });

  it.each<[string, Record<string, string>, string]>([
    ['an empty key', { '': 'a' }, 'Tag keys must be between 1 and 128 characters'],
    ['a key of 129 characters', { ['k'.repeat(129)]: 'a' }, 'Tag keys must be between 1 and 128 characters'],
    ['a value of 257 characters', { key: 'v'.repeat(257) }, 'tags.key'],
  ])('`CreateQueue` refuses a tag with %s', async (_what, tags, message) => {
    await expect(createQueue('q', tags)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining(message),
    });
  });

  it('`CreateQueue` refuses a queue that exists with other tags, and keeps its tags', async () => {
    const url = await createQueue('q', { team: 'a' });
    for (const tags of [{ team: 'b' }, { team: 'a', more: 'x' }]) {
      await expect(createQueue('q', tags)).rejects.toMatchObject({ name: 'QueueNameExists' });
    }
    expect(await createQueue('q', { team: 'a' })).toBe(url);
    expect(await createQueue('q')).toBe(url);
    expect(await tagsOf(url)).toEqual({ team: 'a' });
  });

  it('A queue of an earlier version, whose tags are not known, has no tags and is not refused', async () => {
    const url = await createQueue('q', { team: 'a' });
    const store = openQueueStore(context);
    const { tags: _unknown, ...earlier } = await store.find('q');
    await store.put(earlier);
    expect(await tagsOf(url)).toBeUndefined();
    expect(await createQueue('q', { team: 'a' })).toBe(url);
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
    ['a tag with an object as its value', [{ Key: 'team', Value: {} }], 'tags[0].Value'],
  ])('A template with %s is refused', async (_what, Tags, message) => {
    const refusal = async () => provider().check?.(resource({ QueueName: 'q', Tags }));
    await expect(refusal()).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });
});
