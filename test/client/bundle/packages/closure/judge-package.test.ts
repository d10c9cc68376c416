import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { judgePackage, type Verdict } from '../../../../../client/bundle/packages/closure/judge-package.js';
import { openPackages } from '../../../../../client/bundle/packages/closure/package-catalog.js';
import { aPackage, installedFolders, type Files } from '../installed.js';

const folders = installedFolders();
const cache = mkdtempSync(path.join(tmpdir(), 'codeseeder-cache-'));
const cacheBefore = process.env['CODESEEDER_CACHE_DIR'];
const scans = path.join(cache, 'package-scans');

beforeAll(() => {
  process.env['CODESEEDER_CACHE_DIR'] = cache;
});
afterEach(() => folders.removeAll());
afterAll(() => {
  if (cacheBefore === undefined) delete process.env['CODESEEDER_CACHE_DIR'];
  else process.env['CODESEEDER_CACHE_DIR'] = cacheBefore;
  rmSync(cache, { recursive: true });
});

function judge(files: Files, json: object = {}, imported?: string): Verdict {
  const folder = path.join(folders.make(aPackage('a', { json, files })), 'node_modules/a');
  return judgePackage(openPackages(), folder, imported && path.join(folder, imported));
}

describe('judgePackage', () => {
  test('`judgePackage` bundles a package of plain code whose imports are installed', () => {
    const folder = folders.make({
      ...aPackage('a', {
        json: { dependencies: { b: '1' } },
        files: {
          'index.js': 'exports.b = require("b"); exports.f = require("fs"); exports.i = require("./lib");',
          'lib/index.js': '',
        },
      }),
      ...aPackage('b'),
    });
    expect(judgePackage(openPackages(), path.join(folder, 'node_modules/a'))).toEqual({ keep: false });
  });

  test.each([
    ['a native addon', { 'build/Release/a.node': 'x' }, {}, 'has a.node'],
    ['a file of gyp', { 'binding.gyp': '{}' }, {}, 'has binding.gyp'],
    ['WebAssembly', { 'lib/a.wasm': 'x' }, {}, 'has a.wasm'],
    ['gypfile', {}, { gypfile: true }, 'builds a native addon'],
    ['a helper for addons', {}, { dependencies: { bindings: '1' } }, 'has a native addon, by bindings'],
    ['one platform', {}, { os: ['linux'] }, 'is made for one platform'],
    [
      'a package for each platform',
      {},
      { optionalDependencies: { '@a/linux-x64': '1' } },
      'loads a package for its platform, such as @a/linux-x64',
    ],
    [
      'a script of installation',
      {},
      { scripts: { postinstall: 'node make.js' } },
      'has the script postinstall, which may create files',
    ],
  ])('`judgePackage` keeps a package with %s as files', (_, files, json, reason) => {
    expect(judge({ 'index.js': '', ...files }, json)).toMatchObject({ keep: true, reason });
  });

  test('`judgePackage` names the file and line of the reason for which it keeps a package', () => {
    const verdict = judge({
      'index.js': 'exports.x = require("./lib/x");',
      'lib/x.js': '\nexports.x = __dirname;',
    });
    expect(verdict).toEqual({ keep: true, reason: 'uses __dirname', file: 'lib/x.js', line: 2 });
  });

  test('`judgePackage` keeps a package that can load another one that is not installed', () => {
    expect(
      judge(
        { 'index.js': 'try { require("b") } catch {}' },
        { peerDependenciesMeta: { b: { optional: true } } },
      ),
    ).toMatchObject({
      keep: true,
      reason: 'can load b, which is not installed',
    });
    expect(judge({ 'index.js': '\ntry { require("c") } catch {}' })).toEqual({
      keep: true,
      reason: 'can load c, which is not installed',
      file: 'index.js',
      line: 2,
    });
  });

  test('`judgePackage` keeps a package that imports a file that is missing, or is not a module', () => {
    expect(judge({ 'index.js': 'require("./missing")' })).toMatchObject({
      reason: 'imports ./missing, which is missing or no JavaScript',
    });
    expect(judge({ 'index.js': 'import "./a.css"', 'a.css': '' })).toMatchObject({
      reason: 'imports ./a.css, which is missing or no JavaScript',
    });
  });

  test('`judgePackage` ignores commands, tests and files that `exports` does not name, unless an import leads there', () => {
    const files = {
      'index.js': 'exports.x = 1;',
      'bin/a.js': 'read(__dirname)',
      'test/a.js': 'require("tape")',
      'rollup.config.js': 'require(x)',
    };
    expect(judge(files, { bin: './bin/a.js' })).toEqual({ keep: false });
    expect(judge(files, { bin: './bin/a.js' }, 'bin/a.js')).toMatchObject({ keep: true, file: 'bin/a.js' });
    expect(judge({ ...files, 'index.js': 'require("./bin/a")' }, { bin: 'bin/a.js' })).toMatchObject({
      keep: true,
      file: 'bin/a.js',
    });
    const unnamed = { 'index.js': '', 'src/other.js': 'read(__dirname)' };
    expect(judge(unnamed, { exports: { '.': { require: './index.js' } } })).toEqual({ keep: false });
    expect(judge(unnamed, { exports: { '.': './index.js', './*': './src/*.js' } })).toMatchObject({
      file: 'src/other.js',
    });
    expect(judge(unnamed)).toMatchObject({ keep: true, file: 'src/other.js' });
  });

  test('`judgePackage` reads scripts beside a nested `package.json` without a name', () => {
    expect(
      judge(
        { 'esm/package.json': { type: 'module' }, 'esm/x.js': 'import.meta.url' },
        { exports: './esm/x.js' },
      ),
    ).toMatchObject({
      file: 'esm/x.js',
    });
  });

  test('`judgePackage` scans a patched package again, and takes an unchanged one from the cache', () => {
    const folder = path.join(folders.make(aPackage('patched')), 'node_modules/patched');
    expect(judgePackage(openPackages(), folder)).toEqual({ keep: false });
    const kept = readdirSync(scans).length;
    expect(judgePackage(openPackages(), folder)).toEqual({ keep: false });
    expect(readdirSync(scans)).toHaveLength(kept);
    writeFileSync(path.join(folder, 'index.js'), 'module.exports = __dirname;');
    expect(judgePackage(openPackages(), folder)).toMatchObject({ keep: true });
    expect(readdirSync(scans)).toHaveLength(kept + 1);
  });

  test('`judgePackage` uses an entry of the cache only if it is complete and `verify` is off', () => {
    const folder = path.join(folders.make(aPackage('cached')), 'node_modules/cached');
    rmSync(scans, { recursive: true, force: true });
    judgePackage(openPackages(), folder);
    const [entry = ''] = readdirSync(scans);
    const other = {
      signsElsewhere: [],
      imports: [],
      undeclared: [],
      prefixes: [],
      sign: { reason: 'from the cache' },
    };
    writeFileSync(path.join(scans, entry), JSON.stringify(other));
    expect(judgePackage(openPackages(), folder)).toEqual({ keep: true, reason: 'from the cache' });
    expect(judgePackage(openPackages({ verify: true }), folder)).toEqual({ keep: false });
    writeFileSync(path.join(scans, entry), '{"sign":');
    expect(judgePackage(openPackages(), folder)).toEqual({ keep: false });
  });
});
