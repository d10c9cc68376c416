import { ListTagsForResourceCommand } from '@aws-sdk/client-codeartifact';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Catalogue } from '../../../lib/local/codeartifact/catalogue.js';
import type { Json } from '../../../lib/local/resources/resource-provider.js';
import { DOMAIN, openTestCodeArtifact, providerOf, type TestCodeArtifact } from './a-code-artifact.js';

const arnOf = (resource: string) => `arn:aws:codeartifact:eu-central-1:123456789012:${resource}`;
const PROPERTIES = {
  Domain: { DomainName: DOMAIN },
  Repository: { DomainName: DOMAIN, RepositoryName: 'packages' },
} as const;
const ARNS = { Domain: arnOf(`domain/${DOMAIN}`), Repository: arnOf(`repository/${DOMAIN}/packages`) };
const TYPES = ['Domain', 'Repository'] as const;
type Type = (typeof TYPES)[number];

let place: TestCodeArtifact;
beforeEach(async () => {
  place = await openTestCodeArtifact();
});
afterEach(() => place.dispose());

const tagsOf = async (resourceArn: string) =>
  (await place.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
const requestOf = (type: Type, Tags?: Json) => ({
  stackName: 's',
  logicalId: 'It',
  properties: { ...PROPERTIES[type], ...(Tags === undefined ? {} : { Tags }) },
});

/** Creates a domain, and the repository if that is the type. */
async function create(type: Type, Tags?: Json) {
  if (type === 'Repository') await place.create('Domain', PROPERTIES.Domain);
  return providerOf(place.codeArtifact, type).create(requestOf(type, Tags));
}

describe('Tags of domains and repositories', () => {
  it.each(TYPES)('`ListTagsForResource` returns the tags of a %s in a template', async (type) => {
    await create(type, [
      { Key: 'team', Value: 'a b' },
      { Key: 'year', Value: 2026 },
      { Key: 'empty', Value: '' },
    ]);
    expect(await tagsOf(ARNS[type])).toEqual([
      { key: 'team', value: 'a b' },
      { key: 'year', value: '2026' },
      { key: 'empty', value: '' },
    ]);
  });

  it.each(TYPES)('An update of a template replaces the tags of a %s', async (type) => {
    const created = await create(type, [{ Key: 'team', Value: 'a' }]);
    const update = (Tags?: Json) =>
      providerOf(place.codeArtifact, type).update(created, requestOf(type, Tags));
    await update([{ Key: 'owner', Value: 'b' }]);
    expect(await tagsOf(ARNS[type])).toEqual([{ key: 'owner', value: 'b' }]);
    await update();
    expect(await tagsOf(ARNS[type])).toEqual([]);
  });

  it('`ListTagsForResource` returns the tags of the repository, not those of its domain', async () => {
    await place.create('Domain', { ...PROPERTIES.Domain, Tags: [{ Key: 'of', Value: 'domain' }] });
    await place.create('Repository', PROPERTIES.Repository);
    expect(await tagsOf(ARNS.Repository)).toEqual([]);
    expect(await tagsOf(ARNS.Domain)).toEqual([{ key: 'of', value: 'domain' }]);
  });

  it('`ListTagsForResource` returns no tags of a domain that an earlier version stored', async () => {
    await create('Domain', [{ Key: 'team', Value: 'a' }]);
    const catalogue = new Catalogue(place.context);
    const { tags: _unknown, ...earlier } = await catalogue.domain(DOMAIN);
    await catalogue.updateDomain(earlier);
    expect(await tagsOf(ARNS.Domain)).toEqual([]);
  });

  it.each([
    ['a domain that does not exist', arnOf('domain/none'), 'ResourceNotFoundException'],
    ['a repository that does not exist', arnOf(`repository/${DOMAIN}/none`), 'ResourceNotFoundException'],
    ['a domain of another region', ARNS.Domain.replace('central', 'west'), 'ResourceNotFoundException'],
    ['a repository of another account', ARNS.Repository.replace('1234', '4321'), 'ResourceNotFoundException'],
    ['a package', arnOf(`package/${DOMAIN}/packages/npm//left-pad`), 'ValidationException'],
    ['a name in place of an ARN', DOMAIN, 'ValidationException'],
    ['an ARN with a space', `${ARNS.Domain} `, 'ValidationException'],
  ])('`ListTagsForResource` refuses %s', async (_what, arn, name) => {
    await create('Repository');
    await expect(tagsOf(arn)).rejects.toMatchObject({ name });
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
    ['a tag with a line break in its value', [{ Key: 'team', Value: 'a\nb' }], 'tags[0].Value'],
    ['a tag with an object as its value', [{ Key: 'team', Value: {} }], 'tags[0].Value'],
  ])('A template with %s is refused before it is deployed', async (_what, Tags, message) => {
    for (const type of TYPES) {
      const check = async () => providerOf(place.codeArtifact, type).check?.(requestOf(type, Tags));
      await expect(check()).rejects.toMatchObject({
        code: 'ValidationException',
        message: expect.stringContaining(message),
      });
    }
  });
});
