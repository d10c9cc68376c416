import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Catalogue } from '../../../lib/local/codeartifact/catalogue.js';
import { createCodeArtifact, type CodeArtifact } from '../../../lib/local/codeartifact/codeartifact.js';
import { npmAnswer } from '../../../lib/local/codeartifact/npm/npm-registry.js';
import type { PackageRequest } from '../../../lib/local/codeartifact/package-request.js';
import {
  openPackageStore,
  type PackageId,
  type PackageStore,
} from '../../../lib/local/codeartifact/package-store.js';
import { pypiAnswer } from '../../../lib/local/codeartifact/pypi/pypi-index.js';
import { withoutVersions, type PackageFormat } from '../../../lib/local/codeartifact/stored-package.js';
import { aHeldStore, type HeldStore } from '../held-store.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { DOMAIN, providerOf, REPOSITORY } from './a-code-artifact.js';

const TYPES = ['Domain', 'Repository'] as const;
const COLLECTIONS = { Domain: 'codeartifact-domains', Repository: 'codeartifact-repositories' };
const PROPERTIES = {
  Domain: { DomainName: DOMAIN },
  Repository: { DomainName: DOMAIN, RepositoryName: REPOSITORY },
};

let store: HeldStore;
let context: TestPlaceContext;
let codeArtifact: CodeArtifact;
beforeEach(async () => {
  store = aHeldStore();
  context = await openTestPlaceContext({ store });
  codeArtifact = await createCodeArtifact(context);
});
afterEach(() => context.dispose());

const requestOf = (type: (typeof TYPES)[number]) => ({
  stackName: 's',
  logicalId: 'It',
  properties: PROPERTIES[type],
});
const create = (type: (typeof TYPES)[number]) => providerOf(codeArtifact, type).create(requestOf(type));

describe('Two calls of CodeArtifact at once', () => {
  it.each(TYPES)('A %s that is deleted while a template updates it stays deleted', async (type) => {
    const domain = await create('Domain');
    const current = type === 'Domain' ? domain : await create('Repository');
    const provider = providerOf(codeArtifact, type);
    await store.duringWrite(
      COLLECTIONS[type],
      () => provider.update(current, requestOf(type)),
      () => provider.delete(current),
    );
    expect(await store.keysIn(COLLECTIONS[type])).toEqual([]);
  });

  it.each(TYPES)('One of two creations of the same %s succeeds', async (type) => {
    if (type === 'Repository') await create('Domain');
    const creation = () => create(type);
    expect(await store.duringWrite(COLLECTIONS[type], creation, creation)).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'ConflictException' } },
    ]);
  });

  it('A domain cannot be deleted while a repository is created in it', async () => {
    const domain = await create('Domain');
    const creation = () => create('Repository');
    const deletion = () => providerOf(codeArtifact, 'Domain').delete(domain);
    expect(await store.duringWrite(COLLECTIONS.Repository, creation, deletion)).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'ConflictException' } },
    ]);
  });
});

describe('A file of a package that is requested while it is deleted', () => {
  const PATHS = { npm: 'thing/-/thing-1.0.0.tgz', pypi: 'simple/thing/1.0.0/thing-1.0.0.tgz' };
  let catalogue: Catalogue;
  let packages: PackageStore;
  beforeEach(async () => {
    await create('Domain');
    await create('Repository');
    catalogue = new Catalogue(context);
    packages = await openPackageStore(context, catalogue);
  });

  const idOf = (format: PackageFormat): PackageId => ({
    repository: { domain: DOMAIN, name: REPOSITORY },
    format,
    name: 'thing',
  });
  const publish = (format: PackageFormat, content: string) =>
    packages.publish(idOf(format), Buffer.from(content), (current, blob) => ({
      ...current,
      versions: {
        '1.0.0': {
          revision: content,
          publishedAtMs: 0,
          assets: [{ fileName: 'thing-1.0.0.tgz', blob, sha256: '' }],
        },
      },
    }));
  const remove = (format: PackageFormat) =>
    packages.change(idOf(format), (current) => withoutVersions(current, ['1.0.0']));

  /** Requests the file. @param meanwhile runs after each time that the record of the package was read */
  async function get(format: PackageFormat, meanwhile: (reads: number) => Promise<unknown>) {
    let reads = 0;
    const find: PackageStore['find'] = async (id) => {
      const found = await packages.find(id);
      await meanwhile((reads += 1));
      return found;
    };
    const request: PackageRequest = {
      method: 'GET',
      path: PATHS[format],
      contentType: '',
      accept: '',
      repository: await catalogue.repository(DOMAIN, REPOSITORY),
      registryUrl: 'http://127.0.0.1:1/',
      readBody: async () => Buffer.from(''),
    };
    const answer = format === 'npm' ? npmAnswer : pypiAnswer;
    return answer(request, {
      catalogue,
      packages: { ...packages, find },
      publicRegistries: { npm: '', pypi: '' },
      now: () => 0,
    });
  }

  it.each([
    ['npm', 1],
    ['npm', 2],
    ['pypi', 1],
  ] as const)('A %s file is not found if it is deleted after read %i of its record', async (format, read) => {
    await publish(format, 'content');
    const deletion = get(format, async (reads) => {
      if (reads === read) await remove(format);
    });
    await expect(deletion).rejects.toMatchObject({ code: 'ResourceNotFoundException', statusCode: 404 });
  });

  it('A file that is deleted and published again is the new one', async () => {
    await publish('pypi', 'former');
    const { body } = await get('pypi', async (reads) => {
      if (reads > 1) return;
      await remove('pypi');
      await publish('pypi', 'new');
    });
    expect(await text(body as Readable)).toBe('new');
  });

  it('A file whose content is missing is reported as damage', async () => {
    await publish('pypi', 'content');
    await rm(join(context.dataFolder, 'codeartifact', 'blobs'), { recursive: true });
    await expect(get('pypi', async () => {})).rejects.toMatchObject({ code: 'DataFolderDamaged' });
  });
});
