import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Json, ResourceProvider } from '../../../lib/local/resources/resource-provider.js';
import { aDefinition } from './a-machine.js';
import { closeOpened, open, type OpenStates } from './open-states.js';

const roleArn = 'arn:aws:iam::123456789012:role/machine';
const definition = JSON.stringify(aDefinition({ Only: { Type: 'Pass', End: true } }));
const arnOf = (name: string) => `arn:aws:states:eu-central-1:123456789012:stateMachine:${name}`;

let place: OpenStates;
const tagsOf = async (resourceArn: string) =>
  (await place.call('ListTagsForResource', { resourceArn }))['tags'];
const create = (tags: unknown) =>
  place.call('CreateStateMachine', { name: 'tagged', definition, roleArn, tags });

beforeEach(async () => {
  place = await open();
});
afterEach(closeOpened);

describe('Tags by the API', () => {
  it('`ListTagsForResource` returns the tags that `CreateStateMachine` received', async () => {
    const tags = [
      { key: 'team', value: 'a b' },
      { key: 'größe', value: '' },
    ];
    const { stateMachineArn } = await create(tags);
    expect(await tagsOf(stateMachineArn)).toEqual(tags);
    await place.call('UpdateStateMachine', { stateMachineArn, roleArn: `${roleArn}2` });
    expect(await tagsOf(stateMachineArn)).toEqual(tags);
  });

  it('`ListTagsForResource` returns no tags of a state machine that was created without any', async () => {
    expect(await tagsOf(place.machineArn)).toEqual([]);
  });

  it('`CreateStateMachine` does not change the tags of an existing state machine', async () => {
    const { stateMachineArn } = await create([{ key: 'team', value: 'a' }]);
    expect(await create([{ key: 'team', value: 'b' }])).toMatchObject({ stateMachineArn });
    expect(await tagsOf(stateMachineArn)).toEqual([{ key: 'team', value: 'a' }]);
  });

  it.each([
    ['a state machine that does not exist', arnOf('none'), 'ResourceNotFound'],
    ['a version of a state machine', arnOf('machine:1'), 'ResourceNotFound'],
    ['an activity', 'arn:aws:states:eu-central-1:123456789012:activity:a', 'InvalidArn'],
    ['a name in place of an ARN', 'machine', 'InvalidArn'],
  ])('`ListTagsForResource` refuses %s', async (_what, resourceArn, name) => {
    await expect(tagsOf(resourceArn)).rejects.toMatchObject({ name });
  });

  const many = Array.from({ length: 51 }, (_, index) => ({ key: `key-${index}`, value: '' }));
  it.each<[string, unknown, string]>([
    ['51 tags', many, 'TooManyTags'],
    [
      'two tags of one key',
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
      'ValidationException',
    ],
    ['a tag without a key', [{ value: '1' }], 'ValidationException'],
    ['a key of 129 characters', [{ key: 'a'.repeat(129), value: '' }], 'ValidationException'],
    ['a key that starts with `aws:`', [{ key: 'aws:a', value: '' }], 'ValidationException'],
    ['a value with a character that tags do not have', [{ key: 'a', value: 'x?' }], 'ValidationException'],
  ])('`CreateStateMachine` refuses %s', async (_what, tags, name) => {
    await expect(create(tags)).rejects.toMatchObject({ name });
  });

  it('`UpdateStateMachine` refuses tags, because the API has no such member', async () => {
    const input = { stateMachineArn: place.machineArn, roleArn, tags: [] };
    await expect(place.call('UpdateStateMachine', input)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('Tags of a template', () => {
  const request = (Tags?: Json) => ({
    stackName: 'stack',
    logicalId: 'Machine',
    properties: {
      RoleArn: roleArn,
      DefinitionString: definition,
      StateMachineName: 'mine',
      ...(Tags === undefined ? {} : { Tags }),
    },
  });
  const provider = () => place.states.resourceProviders[0] as ResourceProvider;

  it('`ListTagsForResource` returns the tags of the template, which an update replaces', async () => {
    const created = await provider().create(request([{ Key: 'year', Value: 2026 }]));
    expect(await tagsOf(created.physicalId)).toEqual([{ key: 'year', value: '2026' }]);
    const updated = await provider().update(created, request([{ Key: 'team', Value: 'a' }]));
    expect(await tagsOf(created.physicalId)).toEqual([{ key: 'team', value: 'a' }]);
    expect(updated).toEqual(created);
    await provider().update(updated, request());
    expect(await tagsOf(created.physicalId)).toEqual([]);
  });

  it('A deployment after an interrupted one replaces the tags of the state machine', async () => {
    await provider().create(request([{ Key: 'team', Value: 'a' }]));
    const { physicalId } = await provider().create(request([{ Key: 'team', Value: 'b' }]));
    expect(await tagsOf(physicalId)).toEqual([{ key: 'team', value: 'b' }]);
  });

  it.each<[string, Json, string]>([
    [
      'two tags of one key',
      [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
      "Two tags have the key 'a'",
    ],
    ['a tag without a key', [{ Value: 'a' }], 'Key'],
  ])('A template with %s is refused before anything is created', (_what, Tags, message) => {
    expect(() => provider().check?.(request(Tags))).toThrow(message);
  });
});
