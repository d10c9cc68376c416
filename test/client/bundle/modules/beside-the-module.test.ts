import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../project.js';
import { runBundled } from './run-bundled.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({
    'package.json': '{"type":"module"}',
    'src/data.sql': 'select 1\n',
    'src/sql/one.sql': 'one',
    'src/sql/two.sql': 'two',
    'src/plug/a.ts': 'export default "plug a" as string;\n',
    'src/plug/b.mjs': 'export default "plug b";\n',
    'src/plug/c.cjs': 'module.exports = "plug c";\n',
    'src/w.mjs':
      "import { parentPort } from 'node:worker_threads'; parentPort.postMessage('from a worker');\n",
    'src/typed-worker.ts':
      "import { parentPort } from 'node:worker_threads';\nimport { word } from './word.js';\nparentPort!.postMessage(`from a ${word as string} worker`);\n",
    'src/word.ts': "export const word = 'typed';\n",
    'src/forked.ts': "process.send!('from a fork' as string);\n",
    'unrelated/large.bin': 'never needed',
  });
});
afterAll(() => projects.removeAll());

async function valueOf(source: string, args: readonly unknown[] = [], file = 'src/main.ts') {
  await project.write({ [file]: source });
  return runBundled(project.at(file), 'f', { args });
}

const WORKER = (url: string) => `
  import { Worker } from 'node:worker_threads';
  import path from 'node:path';
  export const f = () => new Promise((resolve, reject) =>
    new Worker(${url}).once('message', resolve).once('error', reject));`;

describe('a file beside a module', () => {
  it.each([
    [
      'by a URL',
      "import { readFileSync } from 'node:fs'; export const f = () => readFileSync(new URL('./data.sql', import.meta.url), 'utf8').trim();",
    ],
    [
      'by the folder',
      "import { readFileSync } from 'node:fs'; import path from 'node:path'; export const f = () => readFileSync(path.join(import.meta.dirname, 'data.sql'), 'utf8').trim();",
    ],
    [
      'by __dirname',
      "import { readFileSync } from 'node:fs'; export const f = () => readFileSync(__dirname + '/data.sql', 'utf8').trim();",
    ],
    [
      'by a constant',
      "import { readFile } from 'node:fs/promises'; import { fileURLToPath } from 'node:url'; import { dirname, resolve } from 'path'; const here = dirname(fileURLToPath(import.meta.url)); export const f = async () => (await readFile(resolve(here, 'data.sql'), 'utf8')).trim();",
    ],
  ])('`bundleModules` includes a file that the code names %s', async (_how, source) => {
    const { value, paths, warnings } = await valueOf(source);

    expect(value).toBe('select 1');
    expect(paths).toContain('src/data.sql');
    expect(paths).not.toContain('unrelated/large.bin');
    expect(warnings).toEqual([]);
  });

  it('`bundleModules` includes all files that a computed name may mean', async () => {
    const source =
      "import { readFileSync } from 'node:fs'; export const f = (name: string) => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');";
    const { value, paths } = await valueOf(source, ['two']);

    expect(value).toBe('two');
    expect(paths).toContain('src/sql/one.sql');
  });

  it('`bundleModules` includes the files of a folder that the code lists', async () => {
    const source =
      "import { readdirSync } from 'node:fs'; import path from 'node:path'; export const f = () => readdirSync(path.join(import.meta.dirname, 'sql')).sort();";

    expect((await valueOf(source)).value).toEqual(['one.sql', 'two.sql']);
  });

  it('`bundleModules` warns with file and line of a file that is known only at run time', async () => {
    const source =
      "import { readFileSync } from 'node:fs';\nimport path from 'node:path';\nexport const f = (name: string) =>\n  name === 'none' ? null : readFileSync(path.resolve(name, 'x'), 'utf8') + import(name);";
    const { value, warnings } = await valueOf(source, ['none']);

    expect(value).toBeNull();
    expect(warnings).toEqual([
      expect.stringMatching(/^main\.ts:4: import\(name\) names a module that is known only at run time/),
    ]);
  });
});

describe('a module that is loaded by a computed name', () => {
  it.each([
    [
      'a template',
      'export const f = async (name: string) => (await import(`./plug/${name}.js`)).default;',
      'a',
      'plug a',
    ],
    [
      'a constant',
      "export async function f(name: string) { const file = './plug/' + name + '.js'; const m = await import(file); return m.default; }",
      'a',
      'plug a',
    ],
    [
      'its TypeScript name',
      'export const f = async (name: string) => (await import(`./plug/${name}.ts`)).default;',
      'a',
      'plug a',
    ],
    [
      'any ending',
      'export const f = async (name: string) => (await import(`./plug/${name}`)).default;',
      'b.mjs',
      'plug b',
    ],
    [
      'a CommonJS file',
      'export const f = async (name: string) => (await import(`./plug/${name}.cjs`)).default;',
      'c',
      'plug c',
    ],
  ])('A bundled module imports another by %s', async (_how, source, name, expected) => {
    expect((await valueOf(source, [name])).value).toBe(expected);
  });

  it('A module that is loaded by a computed name shares its state with modules that import it', async () => {
    await project.write({
      'src/registry.ts': 'export const names: string[] = [];\n',
      'src/plug/r.ts': "import { names } from '../registry.js';\nnames.push('r');\n",
    });
    const source =
      "import { names } from './registry.js'; export const f = async (name: string) => { await import(`./plug/${name}.js`); return names; };";

    expect((await valueOf(source, ['r'])).value).toEqual(['r']);
  });

  it.each([
    ['a URL', "new URL('./w.mjs', import.meta.url)", 'from a worker'],
    ['a path', "path.join(import.meta.dirname, 'w.mjs')", 'from a worker'],
    ['a TypeScript file', "new URL('./typed-worker.ts', import.meta.url)", 'from a typed worker'],
    [
      'a TypeScript file by the name it is compiled to',
      "new URL('./typed-worker.js', import.meta.url)",
      'from a typed worker',
    ],
  ])('A bundled module runs in a worker that is started with %s', async (_how, url, expected) => {
    expect((await valueOf(WORKER(url))).value).toBe(expected);
  });

  it('A bundled module runs in a forked process', async () => {
    const source =
      "import { fork } from 'node:child_process'; import path from 'node:path'; export const f = () => new Promise((resolve) => fork(path.join(import.meta.dirname, 'forked.ts')).once('message', resolve));";

    expect((await valueOf(source)).value).toBe('from a fork');
  });
});

describe("a module's own path", () => {
  it('A bundled module sees its path in the project as import.meta, __filename and __dirname', async () => {
    await project.write({
      'lib/place.ts':
        'export const place = () => [import.meta.url, import.meta.filename, import.meta.dirname, __filename, __dirname];\n',
    });
    const source = `
      import { place } from '../lib/place.js';
      import { pathToFileURL } from 'node:url';
      export const f = () => { const root = pathToFileURL(process.cwd()).href; return place().map((it) => it.replace(root, 'root').replace(process.cwd(), 'root')); };`;

    expect((await valueOf(source)).value).toEqual([
      'root/lib/place.ts',
      'root/lib/place.ts',
      'root/lib',
      'root/lib/place.ts',
      'root/lib',
    ]);
  });
});
