import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  OUTPUT_URL,
  PLACES_SPECIFIER,
  placesModule,
  placesTable,
} from '../../../../client/bundle/modules/places-module.js';
import { createProjects, type Project } from '../project.js';

const OUTPUT = '.codeseeder/node/0.mjs';

const projects = createProjects();
let project: Project;
let folder: string;

beforeEach(async () => {
  project = await projects.make();
  folder = await realpath(project.folder);
  await project.write({
    'package.json':
      '{"name":"own","type":"module","exports":{"./part":"./src/part.js"},"imports":{"#in/*":"./src/*.js"}}',
    'src/data.json': '"data"',
    'src/plain.mjs': 'export default "plain"',
    '.codeseeder/node/plug.mjs':
      'export default "compiled plug"; export const search = new URL(import.meta.url).search;',
    '.codeseeder/node/worker.mjs':
      'import { parentPort } from "node:worker_threads"; parentPort?.postMessage("compiled worker"); process.send?.("compiled child");',
    '.codeseeder/node/old.cjs': 'module.exports = "compiled old"',
    'node_modules/dual/package.json':
      '{"exports":{".":{"require":"./c.cjs","import":"./m.mjs"},"./sub/*":{"node":"./s/*.mjs"},"./no":null}}',
    'node_modules/dual/m.mjs': 'export default "dual by import"',
    'node_modules/dual/c.cjs': 'module.exports = "dual by require"',
    'node_modules/dual/s/a.mjs': '',
    'node_modules/@s/main/package.json': '{"main":"lib"}',
    'node_modules/@s/main/lib/index.js': 'module.exports = "main"',
    'src/node_modules/near/package.json': '{"main":"near.js"}',
    'src/node_modules/near/near.js': 'module.exports = "near"',
  });
});
afterAll(() => projects.removeAll());

const COMPILED = {
  'src/plug/a.ts': '.codeseeder/node/plug.mjs',
  'src/w.mts': '.codeseeder/node/worker.mjs',
  'src/old/index.cts': '.codeseeder/node/old.cjs',
};

/**
 * Returns what code prints when it runs in a bundle. Like the module `src/main.ts` of the bundle, the code can use
 * `meta` and `place`.
 */
async function run(code: string): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { meta as metaOf, modulePlace } from '${PLACES_SPECIFIER}';
        const meta = metaOf('src/main.ts');
        const place = (value, use) => modulePlace(value, 'src/main.ts', use);
        const show = async () => { ${code} };
        console.log(JSON.stringify(await show()));`,
    },
    bundle: true,
    write: false,
    banner: { js: `const ${OUTPUT_URL} = import.meta.url;` },
    format: 'esm',
    platform: 'node',
    target: 'node18',
    plugins: [
      {
        name: 'places',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^codeseeder:places$/ }, ({ path }) => ({ path, namespace: 'places' }));
          onLoad({ filter: /.*/, namespace: 'places' }, async () => ({
            contents: await placesModule({ rootFromOutput: '../../', compiled: COMPILED }),
            loader: 'js',
          }));
        },
      },
    ],
    supported: { 'top-level-await': true },
  });
  await project.write({ [OUTPUT]: outputFiles[0]?.text ?? '' });
  const { stdout } = await promisify(execFile)(process.execPath, [project.at(OUTPUT)], {
    cwd: project.folder,
    env: { PATH: process.env['PATH'] },
  });
  return JSON.parse(stdout) as unknown;
}

describe('the import.meta of a bundled module', () => {
  it('The import.meta of a bundled module has the path of its source', async () => {
    expect(await run('return { ...meta, same: metaOf("src/main.ts") === meta }')).toEqual({
      url: `file://${folder}/src/main.ts`,
      filename: `${folder}/src/main.ts`,
      dirname: `${folder}/src`,
      same: true,
    });
  });

  it.each([
    ['./data.json', 'src/data.json'],
    ['../x y.txt', 'x%20y.txt'],
    ['dual', 'node_modules/dual/m.mjs'],
    ['dual/sub/a', 'node_modules/dual/s/a.mjs'],
    ['@s/main', 'node_modules/@s/main/lib/index.js'],
    ['@s/main/lib/x.json', 'node_modules/@s/main/lib/x.json'],
    ['near', 'src/node_modules/near/near.js'],
    ['own/part', 'src/part.js'],
    ['#in/x', 'src/x.js'],
  ])(
    '`import.meta.resolve` of a bundled module resolves %s to %s, as Node does in the source',
    async (specifier, expected) => {
      const resolve = `return meta.resolve(${JSON.stringify(specifier)})`;
      expect(await run(resolve)).toBe(`file://${folder}/${expected}`);
      await project.write({
        'src/main.mjs': `console.log(import.meta.resolve(${JSON.stringify(specifier)}))`,
      });
      const { stdout } = await promisify(execFile)(process.execPath, [project.at('src/main.mjs')]);
      expect(stdout.trim()).toBe(`file://${folder}/${expected}`);
    },
  );

  it('`import.meta.resolve` of a bundled module returns builtin modules and URLs unchanged, and throws the errors of Node', async () => {
    const code = `const codeOf = (name) => { try { return meta.resolve(name) } catch ({ code }) { return code } };
      return ['fs', 'node:fs/promises', 'data:text/javascript,1', 'gone', 'dual/gone', 'dual/no', '#gone'].map(codeOf)`;
    expect(await run(code)).toEqual([
      'node:fs',
      'node:fs/promises',
      'data:text/javascript,1',
      'ERR_MODULE_NOT_FOUND',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'ERR_PACKAGE_IMPORT_NOT_DEFINED',
    ]);
  });
});

describe('modulePlace', () => {
  it.each([
    ['a specifier', `(await import(place('./plug/a.js'))).default`, 'compiled plug'],
    ['a specifier of the source', `(await import(place('./plug/a.ts'))).default`, 'compiled plug'],
    ['a specifier without ending', `(await import(place('./plug/a'))).default`, 'compiled plug'],
    ['a specifier with a query', `(await import(place('./plug/a.js?v=1'))).search`, '?v=1'],
    ['a URL', `(await import(place(new URL('plug/a.js', meta.url)))).default`, 'compiled plug'],
    ['the text of a URL', `(await import(place(new URL('plug/a.js?v=2', meta.url).href))).search`, '?v=2'],
    ['a path', `(await import(place(meta.dirname + '/plug/a.js'))).default`, 'compiled plug'],
    ['a module that was not compiled', `(await import(place('./plain.mjs'))).default`, 'plain'],
    ['a package', `(await import(place('dual'))).default`, 'dual by import'],
    ['a package beside the source', `(await import(place('near'))).default`, 'near'],
    ['a module of Node', `typeof (await import(place('fs'))).readFileSync`, 'function'],
    ['a folder for require', `require(place('./old', 'require'))`, 'compiled old'],
    ['a data file for require', `require(place('./data.json', 'require'))`, 'data'],
    ['a package for require', `require(place('near', 'require'))`, 'near'],
    ['a dual package for require', `require(place('dual', 'require'))`, 'dual by require'],
  ])('`modulePlace` finds the compiled module for %s', async (_, code, expected) => {
    const start = `const { createRequire } = await import('node:module'); const require = createRequire(import.meta.url);`;
    expect(await run(`${start} return ${code}`)).toBe(expected);
  });

  it.each([
    ['a URL', `new URL('./w.mjs', meta.url)`],
    ['a path', `meta.dirname + '/w.mts'`],
    ['a path of the working folder', `'./src/w.mjs'`],
  ])('`modulePlace` finds the compiled module of a worker and a child process by %s', async (_, value) => {
    const worker = `const { Worker } = await import('node:worker_threads');
      return new Promise((resolve) => new Worker(place(${value}, 'worker')).on('message', resolve))`;
    expect(await run(worker)).toBe('compiled worker');
    const child = `const { fork } = await import('node:child_process');
      return new Promise((resolve) => fork(place(${value}, 'fork')).on('message', resolve))`;
    expect(await run(child)).toBe('compiled child');
  });

  it('`modulePlace` returns a value of the same form, and an unknown value unchanged', async () => {
    const code = `const url = new URL('./plug/a.js', meta.url); const other = new URL('./other.js', meta.url);
      return [place(url) instanceof URL, typeof place(url.href), place(meta.dirname + '/plug/a.js'), place(other) === other,
        place('gone'), place(1), place('/etc/x.js'), place('https://x.example/a.js'), place('./other', 'worker')]`;
    expect(await run(code)).toEqual([
      true,
      'string',
      `${folder}/.codeseeder/node/plug.mjs`,
      true,
      'gone',
      1,
      '/etc/x.js',
      'https://x.example/a.js',
      './other',
    ]);
  });
});

describe('the table of compiled modules', () => {
  it('`placesTable` prefers the path of a source over another spelling of it', () => {
    expect(placesTable({ 'a.ts': '1', 'a.js': '2', 'b/index.ts': '3' })).toEqual({
      a: '2',
      'a.js': '2',
      'a.ts': '1',
      b: '3',
      'b/index': '3',
      'b/index.js': '3',
      'b/index.ts': '3',
    });
  });
});
