import { chmodSync, mkdirSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';

import type { LayerEntry } from '../../../../../client/bundle/layer/layer.js';
import { closureOf } from '../../../../../client/bundle/packages/closure/closure-of.js';
import { commonBase } from '../../../../../client/bundle/packages/places/common-base.js';
import { openPackages } from '../../../../../client/bundle/packages/closure/package-catalog.js';
import { packagesLayer } from '../../../../../client/bundle/packages/places/packages-layer.js';
import { aPackage, installedFolders } from '../installed.js';
import { runLaidOut } from '../lay-out.js';

const folders = installedFolders();
afterEach(() => folders.removeAll());

/** Returns the layer with the packages that the project imports, below the base folder that they need. */
function layerOf(project: string, names: readonly string[], base?: string): LayerEntry[] {
  const packages = openPackages();
  const closure = closureOf(
    packages,
    names.map((name) => ({ from: project, name })),
    { project },
  );
  return packagesLayer(packages, closure, base ?? commonBase(project, [], [...closure.packages.keys()]));
}

const linksOf = (entries: readonly LayerEntry[]): Record<string, string> =>
  Object.fromEntries(entries.flatMap((entry) => (entry.kind === 'link' ? [[entry.path, entry.target]] : [])));

const SAYS_ALL = 'const a = require("a"); console.log(a.all());';
const SAYS_NAME = (name: string, ...others: string[]): string =>
  `exports.all = () => [${[`"${name}"`, ...others.map((other) => `require("${other}").all()`)].join(', ')}].join(" ");`;

describe('packagesLayer', () => {
  test('Packages that npm installed keep their paths, each with its own version', () => {
    const project = folders.make({
      ...aPackage('a', {
        json: { dependencies: { b: '1', '@s/c': '1' } },
        files: { 'index.js': SAYS_NAME('a', 'b', '@s/c') },
      }),
      ...aPackage('b', { files: { 'index.js': SAYS_NAME('b1') } }),
      ...aPackage('@s/c', { json: { dependencies: { b: '2' } }, files: { 'index.js': SAYS_NAME('c', 'b') } }),
      'node_modules/@s/c/node_modules/b/package.json': { name: 'b', version: '2.0.0' },
      'node_modules/@s/c/node_modules/b/index.js': SAYS_NAME('b2'),
      'node_modules/a/node_modules/stray/package.json': { name: 'stray' },
      ...aPackage('unrelated'),
    });
    const entries = layerOf(project, ['a']);
    expect(runLaidOut(entries, SAYS_ALL)).toBe('a b1 c b2');
    expect(entries.map((entry) => entry.path).filter((name) => /unrelated|stray/.test(name))).toEqual([]);
    expect(linksOf(entries)).toEqual({});
  });

  test('Packages that pnpm installed keep their folders and the links between them', () => {
    const store = 'node_modules/.pnpm';
    const project = folders.make({
      [`${store}/a@1.0.0/node_modules/a/package.json`]: {
        name: 'a',
        version: '1.0.0',
        dependencies: { '@s/b': '1' },
      },
      [`${store}/a@1.0.0/node_modules/a/index.js`]: SAYS_NAME('a', '@s/b', 'hoisted'),
      [`${store}/@s+b@1.0.0/node_modules/@s/b/package.json`]: { name: '@s/b', version: '1.0.0' },
      [`${store}/@s+b@1.0.0/node_modules/@s/b/index.js`]: SAYS_NAME('b'),
      [`${store}/hoisted@1.0.0/node_modules/hoisted/package.json`]: { name: 'hoisted', version: '1.0.0' },
      [`${store}/hoisted@1.0.0/node_modules/hoisted/index.js`]: SAYS_NAME('hoisted'),
    });
    folders.link(project, 'node_modules/a', '.pnpm/a@1.0.0/node_modules/a');
    folders.link(project, `${store}/a@1.0.0/node_modules/@s/b`, '../../../@s+b@1.0.0/node_modules/@s/b');
    folders.link(project, `${store}/node_modules/hoisted`, '../hoisted@1.0.0/node_modules/hoisted');
    const entries = layerOf(project, ['a']);
    expect(linksOf(entries)).toEqual({
      'node_modules/a': '.pnpm/a@1.0.0/node_modules/a',
      [`${store}/a@1.0.0/node_modules/@s/b`]: '../../../@s+b@1.0.0/node_modules/@s/b',
      [`${store}/node_modules/hoisted`]: '../hoisted@1.0.0/node_modules/hoisted',
    });
    expect(runLaidOut(entries, SAYS_ALL)).toBe('a b hoisted');
  });

  test('Packages of a workspace are found from the folder of its member', () => {
    const root = folders.make({
      'packages/app/package.json': { name: 'app' },
      ...aPackage('a', { json: { dependencies: { b: '1' } }, files: { 'index.js': SAYS_NAME('a', 'b') } }),
      ...aPackage('b', { files: { 'index.js': SAYS_NAME('b') } }),
    });
    const app = path.join(root, 'packages/app');
    expect(runLaidOut(layerOf(app, ['a']), SAYS_ALL, 'packages/app')).toBe('a b');
  });

  test('A package outside of the base folder, or linked from elsewhere, is placed in the layer with its own dependencies', () => {
    const elsewhere = folders.make({
      'package.json': { name: 'a', version: '3.0.0', dependencies: { b: '1' } },
      'index.js': SAYS_NAME('a3', 'b'),
      ...aPackage('b', { json: { dependencies: { d: '1' } }, files: { 'index.js': SAYS_NAME('b1', 'd') } }),
      ...aPackage('d', { files: { 'index.js': SAYS_NAME('d') } }),
    });
    const project = folders.make({
      'package.json': { name: 'project' },
      ...aPackage('b', { files: { 'index.js': SAYS_NAME('b of the project') } }),
      ...aPackage('c', { json: { dependencies: { a: '*' } }, files: { 'index.js': SAYS_NAME('c', 'a') } }),
    });
    folders.link(project, 'node_modules/a', elsewhere);
    const entries = layerOf(project, ['a', 'b', 'c']);
    expect(
      runLaidOut(entries, 'console.log(require("c").all(), require("b").all(), require("a").all())'),
    ).toBe('c a3 b1 d b of the project a3 b1 d');
    expect(entries.filter(({ path: name }) => name.includes('..'))).toEqual([]);
    expect(linksOf(entries)['node_modules/a']).toBe('.codeseeder/a@3.0.0/node_modules/a');
  });

  test('A package from elsewhere has its dependencies beside it, where a native addon finds the library of another package', () => {
    const elsewhere = folders.make({
      ...aPackage('@s/addon', {
        json: { dependencies: { '@s/library': '1' } },
        files: {
          'lib/addon.js':
            'const library = require("fs").readFileSync(require("path").join(__dirname, "../../library/lib/so"), "utf8"); exports.all = () => library;',
          'index.js': 'module.exports = require("./lib/addon.js");',
        },
      }),
      ...aPackage('@s/library', { files: { 'lib/so': 'loaded' } }),
    });
    const project = folders.make({ 'package.json': { name: 'project' } });
    folders.link(project, 'node_modules', path.join(elsewhere, 'node_modules'));

    const entries = layerOf(project, ['@s/addon']);

    expect(runLaidOut(entries, 'console.log(require("@s/addon").all())')).toBe('loaded');
  });

  test('Packages of Yarn PnP get links to the packages that Yarn lets them load', () => {
    const project = folders.make({
      'package.json': { name: 'project' },
      ...Object.fromEntries(
        ['a', 'b', 'c'].flatMap((name) => [
          [
            `.yarn/cache/${name}.zip/node_modules/${name}/package.json`,
            { name, version: '1.0.0', dependencies: { b: '1', c: '1' } },
          ],
          [
            `.yarn/cache/${name}.zip/node_modules/${name}/index.js`,
            name === 'a' ? SAYS_NAME('a', 'b', 'c') : SAYS_NAME(name),
          ],
        ]),
      ),
    });
    const restore = withPnp(project, { a: 'a', b: 'b', c: 'c' });
    try {
      const entries = layerOf(project, ['a']);
      expect(runLaidOut(entries, SAYS_ALL)).toBe('a b c');
      expect(linksOf(entries)['node_modules/a']).toBe('.codeseeder/a@1.0.0/node_modules/a');
    } finally {
      restore();
    }
  });

  test('A packages layer includes modes, links and empty folders', () => {
    const project = folders.make(
      aPackage('a', { files: { 'bin/tool': '#!/bin/sh', 'lib/secret': 'x', 'lib/x.js': '' } }),
    );
    const folder = path.join(project, 'node_modules/a');
    chmodSync(path.join(folder, 'lib/secret'), 0o600);
    folders.link(folder, 'lib/link.js', './x.js');
    mkdirSync(path.join(folder, 'empty'));
    expect(layerOf(project, ['a'])).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'file', path: 'node_modules/a/bin/tool', mode: 0o755 }),
        expect.objectContaining({ kind: 'file', path: 'node_modules/a/lib/secret', mode: 0o600 }),
        { kind: 'link', path: 'node_modules/a/lib/link.js', target: './x.js' },
        { kind: 'folder', path: 'node_modules/a/empty', mode: 0o755 },
      ]),
    );
  });

  test('A packages layer includes the commands of its packages that exist on this machine', () => {
    const project = folders.make(
      aPackage('@s/a', {
        json: { bin: { tool: './bin/tool.js', other: 'bin/tool.js' } },
        files: { 'bin/tool.js': '#!/usr/bin/env node\nconsole.log("ran")' },
      }),
    );
    folders.link(project, 'node_modules/.bin/tool', '../@s/a/bin/tool.js');
    folders.link(project, 'node_modules/.bin/other', '../gone');
    const entries = layerOf(project, ['@s/a']);
    expect(linksOf(entries)).toEqual({ 'node_modules/.bin/tool': '../@s/a/bin/tool.js' });
    expect(
      runLaidOut(
        entries,
        'console.log(require("child_process").execFileSync("node_modules/.bin/tool").toString())',
      ),
    ).toBe('ran');
  });

  test('A packages layer refuses a file name with a backslash', () => {
    const project = folders.make(aPackage('a', { files: { 'a\\b.js': '' } }));
    expect(() => layerOf(project, ['a'])).toThrow(
      expect.objectContaining({ code: 'PackFailed', message: expect.stringContaining('backslash') }),
    );
  });
});

interface PatchedModule {
  findPnpApi?: (place: string) => unknown;
}

/** Makes this process resolve packages as Yarn PnP does. @returns a function that reverts this */
function withPnp(project: string, packages: Readonly<Record<string, string>>): () => void {
  const patched = Module as unknown as PatchedModule;
  const before = patched.findPnpApi;
  patched.findPnpApi = (place) =>
    place.startsWith(project)
      ? {
          resolveToUnqualified(name: string) {
            const zip = packages[name];
            if (zip === undefined) throw new Error('undeclared');
            return `${project}/.yarn/cache/${zip}.zip/node_modules/${name}/`;
          },
        }
      : null;
  return () => {
    if (before === undefined) delete patched.findPnpApi;
    else patched.findPnpApi = before;
  };
}
