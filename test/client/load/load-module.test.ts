import { createRequire } from 'node:module';

import { afterAll, describe, expect, it } from '@jest/globals';

import { loadModule } from '../../../client/load/load-module.js';
import { createProjects } from '../bundle/project.js';

const TYPESCRIPT = createRequire(import.meta.url).resolve('typescript');

const projects = createProjects();
afterAll(() => projects.removeAll());

/** Imports a module of a new project. The project also contains the files in `others`. */
async function load(name: string, source: string, others: Readonly<Record<string, string>> = {}) {
  const project = await projects.make();
  await project.write({ 'package.json': '{"type":"module"}', ...others, [name]: source });
  const { namespace, isPlain } = await loadModule(project.at(name), { timeoutMs: 2_000 });
  const commonJs = namespace['default'] as Record<string, unknown> | undefined;
  return { project, isPlain, exports: { ...commonJs, ...namespace } as Record<string, unknown> };
}

describe('loadModule', () => {
  it('`loadModule` imports TypeScript with the names that TypeScript resolves', async () => {
    const { exports } = await load(
      'src/main.ts',
      `import { b } from './b.js'; import { c } from '~/c'; import d from './d.json' with { type: 'json' };
       enum Colour { Red = 'red' }
       export const value: string[] = [b, c, d.d, Colour.Red];`,
      {
        'src/b.ts': "export const b: string = 'b';",
        'lib/c.ts': "export const c: string = 'c';",
        'src/d.json': '{"d":"d"}',
        'tsconfig.json': '{"compilerOptions":{"paths":{"~/*":["./lib/*"]}}}',
      },
    );

    expect(exports['value']).toEqual(['b', 'c', 'd', 'red']);
  });

  it('A loaded module and its imports have their own paths', async () => {
    const { exports, project } = await load(
      'main.ts',
      `#!/usr/bin/env -S npx tsx
       import { other } from './sub/other.ts';
       import { createRequire } from 'node:module';
       export const own = [import.meta.url, import.meta.filename, import.meta.dirname, import.meta.resolve('./x'), import.meta.resolve('a')];
       export { other }; export const required = createRequire(import.meta.url)('a').a;`,
      {
        'sub/other.ts': 'export const other = [import.meta.dirname, import.meta.url];',
        'node_modules/a/index.js': 'exports.a = 1;',
        'node_modules/a/package.json': '{"name":"a"}',
      },
    );
    const url = `file://${project.folder}`;

    expect(exports['own']).toEqual([
      `${url}/main.ts`,
      project.at('main.ts'),
      project.folder,
      `${url}/x`,
      `${url}/node_modules/a/index.js`,
    ]);
    expect(exports['other']).toEqual([project.at('sub'), `${url}/sub/other.ts`]);
    expect(exports['required']).toBe(1);
  });

  it('Node loads the packages of a loaded module from where its importer resolves them', async () => {
    const { exports } = await load(
      'src/main.ts',
      `import { a } from 'dual'; import nested from './nested/own.js'; export const value = [a, nested];`,
      {
        'src/nested/own.ts': "import { a } from 'dual'; export default a;",
        'src/nested/node_modules/dual/package.json': '{"name":"dual","type":"module","exports":"./i.js"}',
        'src/nested/node_modules/dual/i.js': "export const a = 'nested';",
        'node_modules/dual/package.json':
          '{"name":"dual","exports":{"module":"./no.js","import":"./i.mjs","require":"./i.cjs"}}',
        'node_modules/dual/i.mjs': "export const a = 'import';",
        'node_modules/dual/i.cjs': "exports.a = 'require';",
      },
    );

    expect(exports['value']).toEqual(['import', 'nested']);
  });

  it.each([
    ['main.cts', '{}'],
    ['main.ts', '{}'],
    ['main.ts', '{"type":"commonjs"}'],
  ])(
    '%s beside the manifest %s is loaded as CommonJS with its own path and `require`',
    async (name, manifest) => {
      const { exports, project } = await load(
        name,
        `import { a } from 'dual'; import thing = require('dual'); import def from 'es';
       export const value: unknown = [a, thing.a, def, __dirname, __filename, require(['du', 'al'].join('')).a];`,
        {
          'package.json': manifest,
          'node_modules/dual/package.json':
            '{"name":"dual","exports":{"import":"./i.mjs","require":"./i.cjs"}}',
          'node_modules/dual/i.mjs': "export const a = 'import';",
          'node_modules/dual/i.cjs': "exports.a = 'require';",
          'node_modules/es/index.js':
            "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'default';",
        },
      );

      expect(exports['value']).toEqual([
        ...['require', 'require', 'default', project.folder, project.at(name), 'require'],
      ]);
    },
  );

  it('A loaded module may await at its top level without `type` in its manifest', async () => {
    const { exports } = await load('main.ts', 'export const value = await Promise.resolve(7);', {
      'package.json': '{}',
    });

    expect(exports['value']).toBe(7);
  });

  it.each([
    ['main.cjs', "exports.f = require('./other.cjs').other;", true],
    ['main.js', "import other from './other.cjs'; export const f = other.other;", true],
    ['main.js', "import { other } from './typed.ts'; export const f = other;", false],
    ['main.js', "import { other } from './typed.js'; export const f = other;", false],
    ['main.mjs', "import { other } from '#typed'; export const f = other;", false],
  ])('Node itself loads %s, %s: %s', async (name, source, isPlain) => {
    const loaded = await load(name, source, {
      'other.js': "export const other = 'other';",
      'other.cjs': "exports.other = 'other';",
      'typed.ts': "export const other: string = 'other';",
      'package.json': '{"type":"module","imports":{"#typed":"./typed.ts"}}',
    });

    expect(loaded.isPlain).toBe(isPlain);
    expect(loaded.exports['f']).toBe('other');
  });

  it('A loaded module has the decorators of its tsconfig', async () => {
    const { exports } = await load(
      'main.ts',
      `const seen: string[] = [];
       function mark(target: object, key: string) { seen.push(key); }
       class A { @mark a = 1; }
       export const value = [seen, new A().a];`,
      { 'tsconfig.json': '{"compilerOptions":{"experimentalDecorators":true}}' },
    );

    expect(exports['value']).toEqual([['a'], 1]);
  });

  it('A loaded module has the decorator metadata of its tsconfig', async () => {
    const { exports } = await load(
      'main.ts',
      `const types: unknown[] = [];
       const design = (...at: readonly unknown[]) => types.push((Reflect as unknown as { getMetadata(...at: readonly unknown[]): { name: string } }).getMetadata('design:type', ...at).name);
       Object.assign(Reflect, { kept: new Map(),
         metadata: (key: string, value: unknown) => (target: object, property: string) => (Reflect as any).kept.set(key + property, value),
         getMetadata: (key: string, _target: object, property: string) => (Reflect as any).kept.get(key + property) });
       const mark = (target: object, property: string) => { setImmediate(() => design(target, property)); };
       class Part {}
       class A { @mark part!: Part; @mark name!: string; }
       new A();
       await new Promise((resolve) => setTimeout(resolve, 20));
       export const value = [types, import.meta.filename.split('/').at(-1)];`,
      {
        'tsconfig.json':
          '{"compilerOptions":{"experimentalDecorators":true,"emitDecoratorMetadata":true,"module":"nodenext","target":"es2022"}}',
        'node_modules/typescript/package.json': '{"name":"typescript","main":"index.js"}',
        'node_modules/typescript/index.js': `module.exports = require(${JSON.stringify(TYPESCRIPT)});`,
      },
    );

    expect(exports['value']).toEqual([['Part', 'String'], 'main.ts']);
  });

  it('`loadModule` evaluates a module once', async () => {
    const { exports } = await load(
      'main.ts',
      `import { writeFileSync, existsSync } from 'node:fs';
       const flag = import.meta.filename + '.seen';
       export const value = existsSync(flag);
       writeFileSync(flag, '');`,
    );

    expect(exports['value']).toBe(false);
  });
});

describe('a module that cannot be imported', () => {
  it.each([
    ["import { x } from './none.js'; export { x };", /main\.ts:1:\d+: Could not resolve "\.\/none\.js"/],
    ["import x from 'none'; export { x };", /main\.ts:1:\d+: Could not resolve "none"/],
    ['export const x = ;', /main\.ts:1:\d+: Unexpected ";"/],
  ])('`loadModule` names the line of an import that fails: %s', async (source, said) => {
    await expect(load('main.ts', source)).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(said),
    });
  });

  it('`loadModule` reports the error of a module and its position', async () => {
    await expect(
      load('main.ts', "import './other.js'; import 'pkg';", {
        'other.ts': "\n\nthrow new TypeError('no stage');",
        'node_modules/pkg/index.js': '',
      }),
    ).rejects.toMatchObject({
      code: 'PackFailed',
      packages: new Set(['pkg']),
      message: expect.stringMatching(/main\.ts cannot be imported here: TypeError: no stage/),
    });
  });

  it('`loadModule` reports a module that never finishes', async () => {
    await expect(load('main.ts', 'await new Promise(() => {});')).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('was not imported within 2 seconds'),
    });
  });

  it.each([
    "try { require('none'); } catch { exports.value = 'caught'; }",
    "import('none').catch(() => {}); exports.value = 'caught';",
    "const load = () => require('./none.js'); exports.value = 'caught';",
  ])('`loadModule` accepts an import that is never reached or may fail: %s', async (source) => {
    expect((await load('main.cts', source)).exports['value']).toBe('caught');
  });
});
