import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { bundleModules } from '../../../../client/bundle/modules/bundle-modules.js';
import { BUNDLE_PATHS } from '../../../../lib/contract/index.js';
import { createProjects, type Project } from '../project.js';
import { runBundled } from './run-bundled.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({ 'package.json': '{"type":"module"}' });
});
afterAll(() => projects.removeAll());

async function valueOf(files: Readonly<Record<string, string>>, main: string, args: readonly unknown[] = []) {
  await project.write(files);
  return (await runBundled(project.at(main), 'f', { args })).value;
}

describe("the user's own modules", () => {
  it('Modules of another workspace are bundled with their own paths', async () => {
    await project.write({
      'package.json': '{"workspaces":["packages/*"]}',
      'packages/lib/package.json': '{"name":"@team/lib","type":"module","exports":"./src/index.ts"}',
      'packages/lib/src/index.ts':
        "import { readFileSync } from 'node:fs';\nexport const text = (): string => readFileSync(new URL('../text.txt', import.meta.url), 'utf8');\n",
      'packages/lib/text.txt': 'of the other workspace',
      'packages/app/package.json': '{"name":"app","type":"module"}',
      'packages/app/main.ts': "import { text } from '@team/lib';\nexport const f = () => text();\n",
      'node_modules/@team/.keep': '',
    });
    await symlink('../../packages/lib', project.at('node_modules/@team/lib'));

    const { value, paths } = await runBundled(project.at('packages/app/main.ts'), 'f');

    expect(value).toBe('of the other workspace');
    expect(paths).toContain('lib/text.txt');
  });

  it.each([
    ['tsx', 'without settings', undefined],
    ['tsx', 'of the automatic runtime', 'react-jsx'],
    ['tsx', 'that the tsconfig preserves', 'preserve'],
    ['jsx', 'of the automatic runtime', 'react-jsx'],
  ])('JSX in a .%s file %s is compiled', async (ending, _settings, jsx) => {
    const make = 'exports.%s = (name, props, ...children) => [name, props, ...children];';
    const files = {
      'tsconfig.json': JSON.stringify({ compilerOptions: { jsx } }),
      'node_modules/react/package.json': '{"name":"react","version":"1.0.0"}',
      'node_modules/react/index.js': make.replace('%s', 'createElement'),
      'node_modules/react/jsx-runtime.js': make.replace('%s', 'jsx'),
      [`item.${ending}`]:
        "import React from 'react';\nexport const item = (text) => <b id={import.meta.url.slice(-8)}>{text}</b>;\nvoid React;\n",
      [`main.${ending}`]: `import { item } from './item.${ending === 'tsx' ? 'js' : 'jsx'}';\nexport const f = () => item('x');\n`,
    };
    const id = `item.${ending}`;
    const automatic = ['b', { id, children: 'x' }, null];

    const value = await valueOf(files, `main.${ending}`);

    expect(value).toEqual(
      jsx === 'react-jsx' ? expect.arrayContaining(automatic.slice(0, 2)) : ['b', { id }, 'x'],
    );
  });

  it.each([
    ['sets a name without declaring it', 'exports.f = () => { total = 2; return total; };', 2],
    ['is valid only in sloppy mode', 'exports.f = () => { with ({ a: 1 }) return a + 010; };', 9],
    [
      'calls itself by `arguments.callee`',
      'exports.f = function () { return typeof arguments.callee; };',
      'function',
    ],
    [
      'removes modules from `require.cache`',
      "exports.f = () => {\n  require('./data.js').n = 2;\n  delete require.cache[require.resolve('./data.js')];\n  return require('./data.js').n;\n};",
      1,
    ],
    [
      'reads properties of `module`',
      'exports.f = () => [module.filename === __filename, module.parent === undefined, typeof module.require];',
      [true, true, 'function'],
    ],
    [
      'reads a file, too',
      "exports.f = () => { text = require('fs').readFileSync(__dirname + '/a.sql', 'utf8'); return text; };",
      'select 1',
    ],
  ])('Node itself loads a CommonJS module that %s', async (_reason, text, expected) => {
    const files = { 'package.json': '{}', 'main.js': text, 'data.js': 'exports.n = 1;', 'a.sql': 'select 1' };

    expect(await valueOf(files, 'main.js')).toEqual(expected);
  });

  it('A module that Node itself loads shares its state with modules that are bundled', async () => {
    const files = {
      'package.json': '{}',
      'state.js': 'let count = 0;\nexports.next = () => (count += 1);',
      'old.js':
        "const { next } = require('./state.js');\nexports.old = () => { last = next(); return last; };",
      'main.ts':
        "import { old } from './old.js';\nimport { next } from './state.js';\nexport const f = () => [old(), next(), old()];\n",
    };

    expect(await valueOf(files, 'main.ts')).toEqual([1, 2, 3]);
  });

  it('A module that imports TypeScript is bundled, although it uses properties of `module`', async () => {
    const files = {
      'package.json': '{}',
      'part.ts': 'export const n: number = 3;\n',
      'main.js': "exports.f = () => [require('./part.ts').n, module.parent === null];",
    };

    expect(await valueOf(files, 'main.js')).toEqual([3, false]);
  });

  it('A pool of workers can require the CommonJS module that it gets by `require.resolve`', async () => {
    const files = {
      'package.json': '{"dependencies":{"jest-worker":"1"}}',
      'node_modules/jest-worker/package.json': '{"name":"jest-worker","version":"1.0.0"}',
      'node_modules/jest-worker/index.js':
        'exports.Worker = class { constructor(file) { Object.assign(this, require(file)); } };',
      'tasks.js': 'exports.add = (a, b) => a + b;',
      'main.js':
        "const { Worker } = require('jest-worker');\nexports.f = () => new Worker(require.resolve('./tasks.js')).add(1, 2);",
    };

    expect(await valueOf(files, 'main.js')).toBe(3);
  });

  it('The text of a function runs in another context as on this machine', async () => {
    const files = {
      'main.js':
        "import vm from 'node:vm';\nfunction work(list) {\n  const add = (one) => one + 1;\n  async function* each() {}\n  const late = function () {};\n  const calls = { get: () => 1 };\n  class Kind {}\n  return [list.map(add), each.name, late.name, calls.get.name, Kind.name];\n}\nexport const f = () => vm.runInNewContext(`(${work})([1, 2])`);\n",
    };

    expect(await valueOf(files, 'main.js')).toEqual([[2, 3], 'each', 'late', 'get', 'Kind']);
  });

  it('Modules keep their paths if codeseeder is linked from a clone', async () => {
    await project.write({
      'node_modules/.keep': '',
      'src/main.ts':
        "import { isRemote } from 'codeseeder';\nexport const f = () => [isRemote, import.meta.url.endsWith('/src/main.ts')];\n",
    });
    await symlink(path.resolve(import.meta.dirname, '../../../..'), project.at('node_modules/codeseeder'));

    const { value, paths } = await runBundled(project.at('src/main.ts'), 'f');

    expect(value).toEqual([true, true]);
    expect(paths).toEqual([
      '.codeseeder/node/0.mjs',
      '.codeseeder/node/0.mjs.map',
      '.codeseeder/node/sources.json',
    ]);
    const { code } = await bundleModules([{ file: project.at('src/main.ts') }]);
    const sources = code.find(({ path: entry }) => entry === BUNDLE_PATHS.nodeSources);
    const texts = JSON.parse(String((sources as { content?: Uint8Array } | undefined)?.content)) as object;
    expect(Object.keys(texts)).toEqual(['src/main.ts']);
  });

  it('A module that also has tests or a stack runs in a build, where what those call throws an error that says why', async () => {
    await project.write({
      'node_modules/.keep': '',
      'src/main.ts': `
        import { defineConfig } from 'codeseeder/config';
        import { AwsError, startLocalAws } from 'codeseeder/local';
        import * as testing from 'codeseeder/testing';
        import { SeedkitStack } from 'codeseeder/cdk';
        export class Refused extends AwsError {}
        const messageOf = (call) => { try { call(); } catch (error) { return error.message; } };
        export const f = async () => [
          typeof startLocalAws,
          defineConfig({ seedkit: 'demo' }),
          messageOf(() => testing.localSeedkit('demo')),
          messageOf(() => new SeedkitStack()),
          typeof (await import('codeseeder/local')).startLocalAws,
        ];`,
    });
    await symlink(path.resolve(import.meta.dirname, '../../../..'), project.at('node_modules/codeseeder'));
    const { value, paths } = await runBundled(project.at('src/main.ts'), 'f');

    expect(value).toEqual([
      'function',
      { seedkit: 'demo' },
      expect.stringMatching(
        /^localSeedkit is not part of a build: codeseeder\/testing is for code that runs/,
      ),
      expect.stringMatching(/^SeedkitStack is not part of a build: codeseeder\/cdk /),
      'function',
    ]);
    expect(paths.filter((file) => file.startsWith('node_modules'))).toEqual([]);
  });

  it('Modules that import each other in a circle have their own paths', async () => {
    const files = {
      'a.ts':
        "import { urlOfA } from './b.js';\nexport const url = () => import.meta.url;\nexport const f = () => urlOfA.endsWith('a.ts');\n",
      'b.ts': "import { url } from './a.js';\nexport const urlOfA = url();\n",
      'main.ts': "import './b.js';\nimport * as a from './a.js';\nexport const f = () => a.f();\n",
    };
    // `b` calls `url` of `a` before `a` has run. Without a bundle this works, because function declarations are
    // hoisted.
    files['a.ts'] = files['a.ts'].replace(
      'export const url = () => import.meta.url;',
      'export function url() { return import.meta.url; }',
    );

    expect(await valueOf(files, 'main.ts')).toBe(true);
  });

  it.each([
    [
      'paths of the tsconfig',
      {
        'tsconfig.json': '{"compilerOptions":{"paths":{"#lib/*":["./lib/*"]}}}',
        'lib/one.ts': 'export const one = 1;',
        'main.ts': "import { one } from '#lib/one'; export const f = () => one;",
      },
      1,
    ],
    [
      'imports of the package.json',
      {
        'package.json': '{"type":"module","imports":{"#one":"./lib/one.ts"}}',
        'lib/one.ts': 'export const one = 1;',
        'main.ts': "import { one } from '#one'; export const f = () => one;",
      },
      1,
    ],
    [
      'JSON',
      {
        'data.json': '{"n":[1,2]}',
        'main.ts': "import data from './data.json' with { type: 'json' }; export const f = () => data.n;",
      },
      [1, 2],
    ],
    [
      "TypeScript's import of CommonJS",
      {
        'old.cts': 'export = { n: 5 };',
        'main.ts': "import old = require('./old.cjs'); export const f = () => old.n;",
      },
      5,
    ],
    [
      'their own folder as the process sees it',
      {
        'conf/a.json': '{"a":1}',
        'main.ts':
          "import { readFileSync } from 'node:fs'; export const f = () => JSON.parse(readFileSync('conf/a.json', 'utf8')).a;",
      },
      1,
    ],
    [
      'a hashbang and a directive',
      {
        'main.mjs':
          "#!/usr/bin/env node\n'use strict'\nimport { basename } from 'node:path'\nexport const f = () => basename(import.meta.filename)\n",
      },
      'main.mjs',
    ],
    [
      'a type that another module exports again',
      {
        'types.ts': 'export interface Shape { n: number }\nexport const n = 3;',
        'all.ts': "export { Shape, n } from './types.js';",
        'main.ts':
          "import { n, Shape } from './all.js'; const shape: Shape = { n }; export const f = () => shape.n;",
      },
      3,
    ],
  ])('A module is found by %s', async (_how, files, expected) => {
    const main = Object.keys(files).find((file) => file.startsWith('main')) ?? '';

    expect(await valueOf(files, main)).toEqual(expected);
  });

  it.each([
    [
      'main.mjs',
      "import { isMainThread, parentPort, Worker } from 'node:worker_threads'; if (!isMainThread) parentPort.postMessage('itself'); export const f = () => new Promise((resolve) => new Worker(new URL(import.meta.url)).once('message', resolve));",
    ],
    [
      'main.cjs',
      "const { isMainThread, parentPort, Worker } = require('node:worker_threads'); if (!isMainThread) parentPort.postMessage('itself'); exports.f = () => new Promise((resolve) => new Worker(__filename).once('message', resolve));",
    ],
  ])('A module can start itself as a worker, as %s', async (main, source) => {
    expect(await valueOf({ [main]: source }, main)).toBe('itself');
  });

  it('Stacks have the lines of the sources', async () => {
    const files = {
      'src/main.ts':
        "import { thrower } from './thrower.js';\ninterface Unused { a: string }\nexport const f = () => { try { thrower(); } catch (error) { return (error as Error).stack; } };\n",
      'src/thrower.ts':
        "import path from 'node:path';\ntype Gone = string;\nexport function thrower(): never {\n  throw new Error(path.basename(import.meta.filename));\n}\n",
    };

    expect(await valueOf(files, 'src/main.ts')).toMatch(/thrower\.ts[\s\S]*src\/thrower\.ts:4:9/);
  });
});
