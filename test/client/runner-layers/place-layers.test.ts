import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  LAYERS_PLACED_FILE,
  layerManifestPath,
  PLACE_LAYERS_FILE,
  REFUSED_LAYER_STATUS,
} from '../../../lib/contract/index.js';
import { makeBuildFolders, type BuildFolders, type Part, type UnzippedLayer } from './a-layer.js';

const PROGRAM = path.resolve(import.meta.dirname, '../../../client/runner-layers', PLACE_LAYERS_FILE);

let build: BuildFolders;
let code: UnzippedLayer;

beforeEach(async () => {
  build = await makeBuildFolders();
  mkdirSync(path.join(build.root, 'input'));
  copyFileSync(PROGRAM, path.join(build.root, 'input', PLACE_LAYERS_FILE));
  code = await build.unzip('src', { '.codeseeder/manifest.json': { content: '{}' } });
});
afterEach(() => build.remove());

function place(...layers: readonly { readonly folder: string; readonly digest: string }[]) {
  const words = layers.flatMap(({ folder, digest }) => [folder, digest]);
  return spawnSync('bash', [path.join(build.root, 'input', PLACE_LAYERS_FILE), ...words], {
    cwd: code.folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', CODEBUILD_SRC_DIR: code.folder },
  });
}

const unzip = (parts: Readonly<Record<string, Part>>) => build.unzip('layer', parts);
const modeOf = (file: string) => (lstatSync(code.at(file)).mode & 0o777).toString(8);
const isPlaced = () => existsSync(path.join(build.root, 'input', LAYERS_PLACED_FILE));

describe('the layers of a bundle', () => {
  it('`place-layers.sh` moves layers into one folder with their content, modes, links and empty folders', async () => {
    const layer = await unzip({
      'app/cdk.json': { content: '{"app":1}' },
      'app/bin/up.sh': { content: '#!/bin/sh\n', mode: 0o755 },
      'app/.secret': { content: 'hush', mode: 0o600 },
      'app/empty': { folderMode: 0o755 },
      'app/closed': { folderMode: 0o500 },
      'app/closed/file': { content: 'x', mode: 0o444 },
      'app/latest': { target: 'bin' },
      'app/bin/self': { target: '../cdk.json' },
      'links/only/one': { target: '../../app/cdk.json' },
    });
    const placed = place(code, layer);

    expect([placed.status, placed.stdout, placed.stderr]).toEqual([
      0,
      'codeseeder: placed 2 layers, 5 files\n',
      '',
    ]);
    expect(readFileSync(code.at('app/latest/self'), 'utf8')).toBe('{"app":1}');
    expect(readlinkSync(code.at('links/only/one'))).toBe('../../app/cdk.json');
    expect(readdirSync(code.at('app/empty'))).toEqual([]);
    expect(
      ['app/cdk.json', 'app/bin/up.sh', 'app/.secret', 'app/closed', 'app/closed/file', 'app'].map(modeOf),
    ).toEqual(['644', '755', '600', '500', '444', '755']);
    expect(isPlaced()).toBe(true);
    await chmod(code.at('app/closed'), 0o700);
  });

  it('`place-layers.sh` accepts names with blanks, quotes, dashes, globs and letters of any language', async () => {
    const names = [
      '-rf',
      '--',
      ' leading and trailing ',
      "it's",
      'a "quoted" $(name) `here`',
      '*',
      '[ab]?',
      '#comment',
      '日本語/für.txt',
      'é e\u0301',
      '.hidden/.dot',
      '!bang',
      '%s',
      '~',
    ];
    const layer = await unzip({
      ...Object.fromEntries(names.map((name) => [name, { content: name }])),
      '-n': { target: '-rf' },
      'folder -x': { folderMode: 0o700 },
    });

    expect(place(code, layer).stderr).toBe('');
    expect(names.map((name) => readFileSync(code.at(name), 'utf8'))).toEqual(names);
    expect(readFileSync(code.at('-n'), 'utf8')).toBe('-rf');
    expect(modeOf('folder -x')).toBe('700');
  });

  it('`place-layers.sh` moves more files than fit into one command', async () => {
    const layer = await unzip(
      Object.fromEntries(
        Array.from({ length: 1201 }, (_, index) => [
          `many/${index % 7}/${index}`,
          { content: `${index}`, mode: index % 2 === 0 ? 0o644 : 0o755 },
        ]),
      ),
    );

    expect(place(code, layer).stdout).toBe('codeseeder: placed 2 layers, 1202 files\n');
    expect([modeOf('many/3/1200'), modeOf('many/3/1109')]).toEqual(['644', '755']);
  });

  it('`place-layers.sh` merges folders that layers share', async () => {
    const one = await build.unzip('one', {
      'node_modules/a/index.js': { content: 'a' },
      'node_modules/@x/b/index.js': { content: 'b' },
    });
    const other = await build.unzip('other', {
      'node_modules/c/index.js': { content: 'c' },
      'node_modules/@x/d/index.js': { content: 'd' },
      'node_modules/.bin/c': { target: '../c/index.js' },
    });

    expect(place(code, one, other).status).toBe(0);
    expect(readdirSync(code.at('node_modules')).sort()).toEqual(['.bin', '@x', 'a', 'c']);
    expect(readdirSync(code.at('node_modules/@x')).sort()).toEqual(['b', 'd']);
    expect(readFileSync(code.at('node_modules/.bin/c'), 'utf8')).toBe('c');
  });

  it('`place-layers.sh` fails if two layers have the same file, with a status that names no layer', async () => {
    const one = await build.unzip('one', { 'a/b': { content: '1' } });
    const other = await build.unzip('other', { 'a/b': { content: '1' }, c: { content: '' } });

    expect(place(code, one, other)).toMatchObject({
      status: 1,
      stderr: 'codeseeder: /a/b is in two layers of the bundle\n',
    });
    expect(isPlaced()).toBe(false);
  });

  it('`place-layers.sh` moves the layer of a prebuilt zip unchanged', async () => {
    await mkdir(path.join(build.root, 'zip/any'), { recursive: true });
    await writeFile(path.join(build.root, 'zip/any/file'), 'x');

    expect(place(code, { folder: path.join(build.root, 'zip'), digest: '-' }).status).toBe(0);
    expect(readFileSync(code.at('any/file'), 'utf8')).toBe('x');
  });
});

describe('a link', () => {
  it.each<[string, (layer: UnzippedLayer) => Promise<void>]>([
    ['a text file', (layer) => writeFile(layer.at('app/link'), 'file')],
    ['a link', (layer) => symlink('file', layer.at('app/link'))],
    ['a link elsewhere', (layer) => symlink('/etc/passwd', layer.at('app/link'))],
  ])('`place-layers.sh` creates a link that was unzipped as %s again from the manifest', async (_, make) => {
    const layer = await unzip({ 'app/file': { content: 'x' }, 'app/link': { target: 'file' } });
    await make(layer);

    expect(place(code, layer)).toMatchObject({ status: 0, stderr: '' });
    expect(readlinkSync(code.at('app/link'))).toBe('file');
  });
});

describe('a layer that is not what was packed', () => {
  const refused = async (change: (layer: UnzippedLayer) => Promise<unknown>) => {
    const layer = await unzip({
      'app/a.js': { content: 'a' },
      'app/b.js': { content: 'b' },
      'app/link': { target: 'a.js' },
    });
    await change(layer);
    return { layer, ...place(code, layer) };
  };

  it.each<[string, (layer: UnzippedLayer) => Promise<unknown>, string]>([
    ['with another byte', (layer) => writeFile(layer.at('app/b.js'), 'c'), './app/b.js: FAILED'],
    ['without a file', (layer) => rm(layer.at('app/b.js')), 'app/b.js'],
    [
      'with another file',
      (layer) => writeFile(layer.at('app/c.js'), ''),
      'it has 3 files where 2 were packed',
    ],
    ['with a hidden file', (layer) => writeFile(layer.at('app/.c'), ''), 'it has 3 files where 2'],
    ['with a renamed file', (layer) => rename(layer.at('app/b.js'), layer.at('app/c.js')), 'app/b.js'],
    [
      'with a link more',
      (layer) => symlink('a.js', layer.at('app/c.js')),
      './app/c.js is a link that was not',
    ],
    [
      'with a link for a file',
      (layer) => rm(layer.at('app/b.js')).then(() => symlink('/etc/passwd', layer.at('app/b.js'))),
      './app/b.js is a link that was not packed',
    ],
    [
      'with a folder for a link',
      (layer) => mkdir(layer.at('app/link')),
      './app/link is a folder where a link was packed',
    ],
    ['without a manifest', (layer) => rm(layer.at(layerManifestPath(layer.digest))), 'is missing'],
    [
      'with another manifest',
      (layer) => writeFile(layer.at(layerManifestPath(layer.digest)), 'codeseeder layer 1\n'),
      'has another SHA-256',
    ],
    [
      'with a manifest more',
      (layer) => writeFile(layer.at(layerManifestPath('0'.repeat(64))), ''),
      'it has 3 files where 2 were packed',
    ],
  ])('`place-layers.sh` names %s and moves nothing', async (_, change, told) => {
    const { layer, status, stderr } = await refused(change);

    expect(status).toBe(REFUSED_LAYER_STATUS + 1);
    expect(stderr).toContain(`codeseeder: the layer ${layer.digest} is not what was packed: `);
    expect(stderr).toContain(told);
    expect(existsSync(code.at('app'))).toBe(false);
    expect(isPlaced()).toBe(false);
  });

  it('The exit code of place-layers.sh identifies the changed layer', async () => {
    const others = await Promise.all(
      [1, 2, 3].map((number) => build.unzip(`${number}`, { [`file${number}`]: { content: 'x' } })),
    );
    await writeFile(code.at('more'), '');
    expect(place(code, ...others).status).toBe(REFUSED_LAYER_STATUS);

    await rm(code.at('more'));
    await writeFile(others[2]?.at('file3') ?? '', 'y');
    expect(place(code, ...others).status).toBe(REFUSED_LAYER_STATUS + 3);
  });

  it('A changed layer leaves no file that marks layers as placed, even if it contains one', async () => {
    await writeFile(path.join(build.root, 'input', LAYERS_PLACED_FILE), '');
    const { status } = await refused((layer) => writeFile(layer.at('app/b.js'), 'c'));

    expect([status, isPlaced()]).toEqual([REFUSED_LAYER_STATUS + 1, false]);
  });

  it('`place-layers.sh` fails with a status that names no layer if the image lacks a program for the check', async () => {
    mkdirSync(path.join(build.root, 'bin'));
    for (const tool of ['rm', 'mkdir', 'mv', 'chmod', 'ln']) {
      symlinkSync(`/bin/${tool}`, path.join(build.root, 'bin', tool));
    }
    const placed = place(code);
    const unchecked = spawnSync(
      '/bin/bash',
      [path.join(build.root, 'input', PLACE_LAYERS_FILE), code.folder, code.digest],
      {
        encoding: 'utf8',
        env: { PATH: path.join(build.root, 'bin'), CODEBUILD_SRC_DIR: code.folder },
      },
    );

    expect(placed.status).toBe(0);
    expect(unchecked).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('codeseeder: the build image has no sha256sum\n'),
    });
  });

  it('`place-layers.sh` does not read or remove files through a link that leads outside', async () => {
    await mkdir(path.join(build.root, 'outside'));
    await writeFile(path.join(build.root, 'outside/link'), 'kept');
    const layer = await unzip({ 'app/link': { target: 'x' }, 'app/empty': { folderMode: 0o755 } });
    await symlink(path.join(build.root, 'outside'), layer.at('app'));

    expect(place(code, layer).stderr).toContain('./app is a link that was not packed');
    expect(readdirSync(path.join(build.root, 'outside'))).toEqual(['link']);
  });
});
