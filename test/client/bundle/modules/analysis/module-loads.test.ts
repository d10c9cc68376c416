import { describe, expect, it } from '@jest/globals';

import { findingsOf, referencesIn } from './findings.js';

const WORKERS = `import { Worker } from 'node:worker_threads';`;
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

describe('a module that is loaded by a computed name', () => {
  it.each([
    ['a template', 'export const f = (n) => import(`./plug/${n}.js`)', 'import /project/src/plug/*.js'],
    [
      'text that is put together',
      `export async function f(n) { const file = './plug/' + n + '.js'; return await import(file); }`,
      'import /project/src/plug/*.js',
    ],
    ['a variable', `const file = './plug/a.js'; import(file)`, 'import /project/src/plug/a.js'],
    ['a URL', `import(new URL('../lib/a.js', import.meta.url))`, 'import /project/lib/a.js'],
    [
      'a URL of a path',
      `import path from 'path'; import { pathToFileURL } from 'url'; export const f = (n) => import(pathToFileURL(path.join(import.meta.dirname, 'plug', n)).href)`,
      'import /project/src/plug/*',
    ],
    [
      'a path',
      `import path from 'path'; export const f = (n) => import(path.resolve(__dirname, n + '.js'))`,
      'import /project/src/*.js',
    ],
    ['a specifier with a query', 'import(`./a.js?at=${Date.now()}`)', 'import /project/src/a.js'],
    ['something unknown', `export const f = (n) => import(n)`, 'import ?'],
    [
      'something in the working folder',
      `import path from 'path'; export const f = (n) => import(path.resolve(n))`,
      'import ?',
    ],
    ['part of a package', 'export const f = (n) => import(`lodash/${n}`)', 'import package lodash/*'],
    [
      'something that may be missing',
      'import(`./a.${"js"}`).catch(() => undefined)',
      'import /project/src/a.js (optional)',
    ],
    ['require', `exports.f = (n) => require('./plug/' + n)`, 'require /project/src/plug/*'],
    [
      'require with a path',
      `const path = require('path'); require(path.join(__dirname, 'a'))`,
      'require /project/src/a',
    ],
    ['module.require', `exports.f = (n) => module.require('./plug/' + n)`, 'require /project/src/plug/*'],
    ['createRequire', `${REQUIRE} require('ws/package.json')`, 'require package ws/package.json'],
    ['createRequire of a file', `${REQUIRE} require('./data.json')`, 'require /project/src/data.json'],
    [
      'createRequire by another name',
      `import { createRequire as make } from 'module'; const load = make(import.meta.url); export const f = (n) => load('./' + n)`,
      'require /project/src/*',
    ],
    [
      'createRequire without a name',
      `import module from 'module'; module.createRequire(import.meta.url)('ws')`,
      'require package ws',
    ],
    [
      'createRequire of another folder',
      `import { createRequire } from 'module'; createRequire(new URL('../lib/', import.meta.url))('./a.cjs')`,
      'require /project/lib/a.cjs',
    ],
    ['require.resolve', `require.resolve('ws')`, 'resolve package ws'],
    ['require.resolve of a file', `require.resolve('./a')`, 'resolve /project/src/a'],
    ['import.meta.resolve', `import.meta.resolve('ws')`, 'resolve package ws'],
    [
      'a worker of Node',
      `${WORKERS} new Worker(new URL('./w.ts', import.meta.url))`,
      'worker /project/src/w.ts',
    ],
    [
      'a worker by namespace',
      `const threads = require('worker_threads'); new threads.Worker(__dirname + '/w.js')`,
      'worker /project/src/w.js',
    ],
    [
      'a worker by a path of the working folder',
      `${WORKERS} new Worker('./src/w.js')`,
      'worker /project/src/w.js',
    ],
    [
      'a worker of the web',
      `new Worker(new URL('./w.js', import.meta.url), { type: 'module' })`,
      'worker /project/src/w.js',
    ],
    [
      'a worker through a variable',
      `${WORKERS} const file = new URL('./w.js', import.meta.url); new Worker(file)`,
      'worker /project/src/w.js',
    ],
    [
      'a worker through a function',
      `${WORKERS} const start = (name) => new Worker(new URL(name, import.meta.url)); start('./w.js')`,
      'worker /project/src/w.js',
    ],
    [
      'a worker through a class',
      `${WORKERS} class W extends Worker { constructor() { super(new URL('./w.js', import.meta.url)) } }`,
      'worker /project/src/w.js',
    ],
    ['an unknown worker', `${WORKERS} export const f = (n) => new Worker(n)`, 'worker ?'],
    [
      'a pool of workers',
      `import Piscina from 'piscina'; new Piscina({ filename: new URL('./w.js', import.meta.url).href })`,
      'worker /project/src/w.js',
    ],
    [
      'fork',
      `import { fork } from 'child_process'; import { fileURLToPath } from 'url'; fork(fileURLToPath(new URL('./c.js', import.meta.url)), ['a'])`,
      'fork /project/src/c.js',
    ],
    [
      'fork of a path of the working folder',
      `require('child_process').fork('src/c.js')`,
      'fork /project/src/c.js',
    ],
    [
      'cluster',
      `import cluster from 'node:cluster'; cluster.setupPrimary({ exec: import.meta.dirname + '/c.js' })`,
      'fork /project/src/c.js',
    ],
    [
      'spawn of Node',
      `import { spawn } from 'child_process'; spawn(process.execPath, ['--flag', import.meta.dirname + '/c.js'])`,
      'fork /project/src/c.js',
    ],
  ])('`analyzeModule` finds a module that is loaded with %s', (_, text, expected) => {
    expect(referencesIn(text).filter((reference) => !reference.startsWith('file'))).toEqual([expected]);
  });

  it.each([
    ['a module of Node', 'const name = "fs"; import(name); import(`node:${name}`)'],
    ['a data URL', 'import(`data:text/javascript,${code}`)'],
    ['the code of a worker', `${WORKERS} new Worker('1 + 1', { eval: true })`],
    ['another class called Worker', `import { Worker } from './worker.js'; new Worker('a')`],
    ['another function called fork', `const fork = (name) => name; fork('a.js')`],
  ])('`analyzeModule` reports no reference for %s', (_, text) => {
    expect(referencesIn(text)).toEqual([]);
  });
});

describe('a reference', () => {
  it('A reference has the offsets of its argument, and the line, column and text of its call', () => {
    const text = '// A worker.\nif (ready)\n  import(\n    `./${name}.js`\n  );\n';
    const [reference] = findingsOf(text).references;
    const { start = 0, end = 0 } = reference?.argument ?? {};
    expect(text.slice(start, end)).toBe('`./${name}.js`');
    expect(reference).toMatchObject({ line: 3, column: 3, text: 'import( `./${name}.js` )' });
  });

  it('A reference has a shortened text', () => {
    const [reference] = findingsOf(`import(name + '${'x'.repeat(5_000)}')`).references;
    expect(reference?.text).toHaveLength(100);
  });
});

describe('imports of literal specifiers', () => {
  const importsOf = (text: string) =>
    findingsOf(text).imports.map(
      ({ kind, specifier, isSure }) => `${kind} ${specifier}${isSure ? '' : ' (unsure)'}`,
    );

  it('`analyzeModule` lists the modules of imports and exports', () => {
    const text = `import 'a'; import b from 'b'; export * from 'c'; export { d } from 'd'; import e from './e.json' with { type: 'json' };`;
    expect(importsOf(text)).toEqual(['static a', 'static b', 'static c', 'static d', 'static ./e.json']);
  });

  it('`analyzeModule` lists the modules of import() and require, and whether they are always evaluated', () => {
    expect(
      importsOf(
        "await import('a'); import(`b`); try { await import('c') } catch {} const f = () => import('d')",
      ),
    ).toEqual(['dynamic a', 'dynamic b (unsure)', 'dynamic c (unsure)', 'dynamic d (unsure)']);
    expect(
      importsOf(`const a = require('a'); if (x) require('b'); x && require('c'); try { require('d') } finally {}
        try { require('e') } catch {} function f() { require('f') } (function () { require('g') })(); x ? require('h') : 0;
        switch (x) { case 1: require('i') } for (;;) require('j'); require.resolve('k')`),
    ).toEqual(
      [
        'a',
        'b (unsure)',
        'c (unsure)',
        'd',
        'e (unsure)',
        'f (unsure)',
        'g',
        'h (unsure)',
        'i (unsure)',
        'j (unsure)',
      ]
        .map((name) => `require ${name}`)
        .concat('resolve k'),
    );
  });

  it('`analyzeModule` ignores a require that the module declares', () => {
    expect(importsOf(`const require = (name) => name; require('a')`)).toEqual([]);
  });
});

describe('the format of a module', () => {
  it.each([
    [`import 'a'`, 'esm'],
    [`export const a = 1`, 'esm'],
    ['await 1', 'esm'],
    ['for await (const a of b) a()', 'esm'],
    ['start(import.meta)', 'esm'],
    ['async () => { await 1 }', 'commonjs'],
    [`import('a')`, 'commonjs'],
    ['exports.a = 1', 'commonjs'],
  ])('The format of `%s` is %s', (text, format) => {
    expect(findingsOf(text).format).toBe(format);
  });

  it('The format is that of the extension if the code does not show it', () => {
    expect(findingsOf('start()', '/project/a.mts').format).toBe('esm');
    expect(findingsOf('start()', '/project/a.js').format).toBe('commonjs');
  });

  it('`analyzeModule` reports the names of Node that the module uses and does not declare', () => {
    expect(findingsOf('start(__dirname, __filename, require, import.meta)')).toMatchObject({
      usesDirname: true,
      usesFilename: true,
      usesRequire: true,
      metas: [expect.anything()],
    });
    const declared =
      'function f(__dirname) { const { __filename, require } = x; return [__dirname, __filename, require, x.__dirname, { __filename: 1 }] }';
    expect(findingsOf(declared)).toMatchObject({
      usesDirname: false,
      usesFilename: false,
      usesRequire: false,
      metas: [],
    });
  });
});
