import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readAssembly } from '../../../lib/local/template/assembly.js';
import { openAssetCatalogue } from '../../../lib/local/template/asset-catalogue.js';
import { openTestPlaceContext } from '../test-place-context.js';

const place = { account: '123456789012', region: 'eu-central-1', partition: 'aws' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assembly-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, value: object): Promise<void> {
  await writeFile(join(folder, file), JSON.stringify(value));
}

const assetManifest = {
  version: '40.0.0',
  files: {
    abc: {
      source: { path: 'asset.abc', packaging: 'zip' },
      destinations: {
        here: { bucketName: 'cdk-assets-${AWS::AccountId}-${AWS::Region}', objectKey: 'abc.zip' },
      },
    },
  },
  dockerImages: {},
};

describe('readAssembly', () => {
  it('`readAssembly` returns stacks after their dependencies, and the paths of assets', async () => {
    await write('manifest.json', {
      version: '40.0.0',
      artifacts: {
        late: {
          type: 'aws:cloudformation:stack',
          properties: { templateFile: 'late.template.json', stackName: 'my-late', tags: { a: 'b' } },
          dependencies: ['early', 'late.assets'],
        },
        early: { type: 'aws:cloudformation:stack', properties: { templateFile: 'early.template.json' } },
        'late.assets': { type: 'cdk:asset-manifest', properties: { file: 'late.assets.json' } },
        Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
      },
    });
    await write('late.template.json', { Resources: {} });
    await write('early.template.json', { Resources: {} });
    await write('late.assets.json', assetManifest);
    expect(await readAssembly(folder, place)).toEqual({
      stacks: [
        { stackName: 'early', templateText: '{"Resources":{}}', parameters: {}, tags: {} },
        { stackName: 'my-late', templateText: '{"Resources":{}}', parameters: {}, tags: { a: 'b' } },
      ],
      assets: [
        { bucket: 'cdk-assets-123456789012-eu-central-1', key: 'abc.zip', path: join(folder, 'asset.abc') },
      ],
    });
  });

  it("`readAssembly` includes the stacks of an assembly's stages", async () => {
    await write('manifest.json', {
      artifacts: { stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-stage' } } },
    });
    await mkdir(join(folder, 'assembly-stage'));
    await write('assembly-stage/manifest.json', {
      artifacts: { inner: { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } } },
    });
    await write('assembly-stage/t.json', {});
    expect((await readAssembly(folder, place)).stacks.map(({ stackName }) => stackName)).toEqual(['inner']);
  });

  it('`readAssembly` refuses an assembly with container images and a folder without an assembly', async () => {
    await expect(readAssembly(folder, place)).rejects.toMatchObject({ code: 'AssemblyUnreadable' });
    await write('manifest.json', {
      artifacts: { a: { type: 'cdk:asset-manifest', properties: { file: 'a.json' } } },
    });
    await write('a.json', { ...assetManifest, dockerImages: { img: {} } });
    await expect(readAssembly(folder, place)).rejects.toThrow(/a.json uses the container images img,/);
  });
});

describe('the asset catalogue', () => {
  it('The asset catalogue keeps its assets after a restart', async () => {
    const context = await openTestPlaceContext();
    const catalogue = await openAssetCatalogue(context.store);
    await catalogue.add([{ bucket: 'b', key: 'k', path: '/somewhere' }]);
    expect((await openAssetCatalogue(context.store)).find('b', 'k')).toBe('/somewhere');
    expect(catalogue.find('b', 'other')).toBeUndefined();
    await context.dispose();
  });
});
