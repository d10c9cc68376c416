import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../project.js';
import { runBundled } from './run-bundled.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({
    'package.json': '{"type":"module","dependencies":{"reader":"1","plain":"1"}}',
    'node_modules/reader/package.json':
      '{"name":"reader","version":"1.0.0","main":"lib/index.js","dependencies":{"base":"1"}}',
    'node_modules/reader/lib/index.js':
      "const { Base } = require('base');\nconst fs = require('fs'), path = require('path');\nclass Reader extends Base { read() { return fs.readFileSync(path.join(__dirname, 'text.txt'), 'utf8'); } }\nmodule.exports = { Reader, isBase: (it) => it instanceof Base };\n",
    'node_modules/reader/lib/text.txt': 'beside the package',
    'node_modules/base/package.json': '{"name":"base","version":"1.0.0"}',
    'node_modules/base/index.js': 'exports.Base = class Base {};\n',
    'node_modules/plain/package.json': '{"name":"plain","version":"1.0.0","main":"index.js"}',
    'node_modules/plain/index.js': 'exports.twice = (n) => n * 2;\n',
  });
});
afterAll(() => projects.removeAll());

async function call(source: string, options: Parameters<typeof runBundled>[2] = {}, file = 'src/main.ts') {
  await project.write({ [file]: source });
  return runBundled(project.at(file), 'f', options);
}

describe('the packages of a bundle', () => {
  it('A package of plain code is bundled', async () => {
    const { value, paths } = await call("import { twice } from 'plain'; export const f = () => twice(21);");

    expect(value).toBe(42);
    expect(paths.filter((file) => file.startsWith('node_modules'))).toEqual([]);
  });

  it('A package that reads files beside itself is included as files with its dependencies', async () => {
    const { value, paths } = await call(
      "import { Reader } from 'reader'; export const f = () => new Reader().read();",
    );

    expect(value).toBe('beside the package');
    expect(paths.filter((file) => file.startsWith('node_modules'))).toEqual([
      'node_modules/base/index.js',
      'node_modules/base/package.json',
      'node_modules/reader/lib/index.js',
      'node_modules/reader/lib/text.txt',
      'node_modules/reader/package.json',
    ]);
  });

  it('A dependency of a package kept as files is shared with bundled code', async () => {
    const source =
      "import { Base } from 'base'; import { isBase, Reader } from 'reader'; export const f = () => [isBase(new Base()), new Reader() instanceof Base];";

    expect((await call(source)).value).toEqual([true, true]);
  });

  it('A package in `nodeModules` is included as files', async () => {
    const source = "import { twice } from 'plain'; export const f = () => twice(21);";
    const { value, paths } = await call(source, { nodeModules: ['plain'] });

    expect(value).toBe(42);
    expect(paths).toContain('node_modules/plain/index.js');
  });

  it('A package in `bundledPackages` is bundled', async () => {
    await project.write({
      'node_modules/careless/package.json': '{"name":"careless","version":"1.0.0"}',
      'node_modules/careless/index.js':
        'exports.where = () => typeof __dirname; exports.add = (a, b) => a + b;\n',
    });
    const source = "import { add, where } from 'careless'; export const f = () => [add(1, 2), where()];";
    const { value, paths } = await call(source, { bundledPackages: ['careless'] });

    expect(value).toEqual([3, 'string']);
    expect(paths.filter((file) => file.startsWith('node_modules'))).toEqual([]);
  });

  it('Names can be imported from an ES module package that is kept as files', async () => {
    await project.write({
      'node_modules/esm/package.json':
        '{"name":"esm","version":"1.0.0","type":"module","exports":"./index.js"}',
      'node_modules/esm/index.js':
        "import { readFileSync } from 'node:fs'; export const text = readFileSync(new URL('./t.txt', import.meta.url), 'utf8'); export default 'esm';",
      'node_modules/esm/t.txt': 'of esm',
    });
    const source = "import word, { text } from 'esm'; export const f = () => [word, text];";

    expect((await call(source)).value).toEqual(['esm', 'of esm']);
  });

  it('A package that code resolves at run time is included', async () => {
    const source = `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      export const f = () => [require('plain/package.json').name, import.meta.resolve('reader').startsWith('file:'), require.resolve('base').endsWith('index.js')];`;

    expect((await call(source)).value).toEqual(['plain', true, true]);
  });

  it('A package with a peer that is not installed runs as on this machine', async () => {
    await project.write({
      'node_modules/driver/package.json':
        '{"name":"driver","version":"1.0.0","peerDependencies":{"pg":"*"},"peerDependenciesMeta":{"pg":{"optional":true}}}',
      'node_modules/driver/index.js':
        "let pg; try { pg = require('pg'); } catch {} exports.hasPg = () => pg !== undefined; exports.connect = () => require('mysql');\n",
    });
    const source =
      "import { connect, hasPg } from 'driver'; export const f = () => { try { connect(); } catch (error) { return [hasPg(), (error as { code: string }).code]; } };";

    expect((await call(source)).value).toEqual([false, 'MODULE_NOT_FOUND']);
  });
});

describe('an import that does not resolve on this machine', () => {
  it('`bundleModules` refuses an unresolvable import that every run needs, with file and line', async () => {
    await expect(
      call("export const one = 1;\nimport 'not-installed';\nexport const f = () => 1;"),
    ).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(/src\/main\.ts:2:.*Could not resolve "not-installed"/),
    });
  });

  it('An unresolvable import in a branch, a try or a dynamic import fails when it is reached', async () => {
    const source = `
      import { createRequire } from 'node:module';
      const tried = async () => { try { await import('not-installed'); return 'there'; } catch (error) { return (error as { code: string }).code; } };
      export const f = async (never: boolean) => { if (never) await import('neither'); return tried(); };`;

    expect((await call(source, { args: [false] })).value).toBe('ERR_MODULE_NOT_FOUND');
  });
});

describe('CommonJS modules', () => {
  const commonJs = (source: string, file: string) => call(source, {}, file);

  it.each(['src/main.cjs', 'src/main.js'])(
    'The functions of the CommonJS module %s can be called by name',
    async (file) => {
      await project.write({ 'package.json': '{"name":"cjs"}', 'src/data.json': '{"n":1}' });
      const source =
        "const { Reader } = require('reader'); const data = require('./data.json'); const path = require('path');\nexports.f = () => [new Reader().read(), data.n, path.basename(__filename), path.basename(__dirname)];";

      expect((await commonJs(source, file)).value).toEqual([
        'beside the package',
        1,
        path.basename(file),
        'src',
      ]);
    },
  );

  it('A CommonJS module can require modules by computed names', async () => {
    await project.write({
      'package.json': '{"name":"cjs"}',
      'src/registry.js': 'module.exports = [];',
      'src/handlers/one.js': "require('../registry').push('one'); exports.handle = () => 'handled by one';",
    });
    const source =
      "const registry = require('./registry'); exports.f = (name) => [require('./handlers/' + name).handle(), registry];";
    await project.write({ 'src/main.js': source });

    expect((await runBundled(project.at('src/main.js'), 'f', { args: ['one'] })).value).toEqual([
      'handled by one',
      ['one'],
    ]);
  });

  it.each([
    ['module.exports', 'module.exports = { f: () => 1 };'],
    ['Object.assign', 'Object.assign(exports, { f: () => 1 });'],
    [
      'a compiler',
      "'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\nexports.f = void 0;\nconst f = () => 1;\nexports.f = f;",
    ],
  ])('A CommonJS module can export by %s', async (_how, source) => {
    await project.write({ 'package.json': '{"name":"cjs"}' });

    expect((await commonJs(source, 'src/main.js')).value).toBe(1);
  });
});
