import { describe, expect, it } from '@jest/globals';

import { findingsOf, referencesIn } from './findings.js';

describe('a path made from the location of a module', () => {
  it.each([
    ['as a URL', `read(new URL('./x.sql', import.meta.url))`],
    ['as the text of a URL', `read(new URL('x.sql?raw#a', import.meta.url).href)`],
    ['as the path of a URL', `read(new URL('./x.sql', import.meta.url).pathname)`],
    [
      'with fileURLToPath',
      `import { fileURLToPath } from 'node:url'; read(fileURLToPath(new URL('./x.sql', import.meta.url)))`,
    ],
    [
      'with a namespace import',
      `import * as path from 'path'; read(path.join(import.meta.dirname, 'x.sql'))`,
    ],
    ['with a default import', `import p from 'node:path'; read(p.resolve(import.meta.dirname, 'x.sql'))`],
    [
      'with a renamed import',
      `import { join as at } from 'node:path'; read(at(import.meta.dirname, '.', 'x.sql'))`,
    ],
    ['with path.posix', `import { posix } from 'path'; read(posix.join(__dirname, 'x.sql'))`],
    ['with require', `const { join } = require('path'); read(join(__dirname, 'x.sql'))`],
    ['inside a call of require', `read(require('node:path').join(__dirname, 'x.sql'))`],
    [
      'as tsc writes CommonJS',
      `const node_path_1 = __importDefault(require("node:path")); read((0, node_path_1.default.join)(__dirname, 'x.sql'))`,
    ],
    [
      'as esbuild writes CommonJS',
      `var import_path = __toESM(require("path")); read(import_path.default.join(__dirname, 'x.sql'))`,
    ],
    ['with a template', 'read(`${__dirname}/x.sql`)'],
    ['with +', `read(__dirname + '/' + 'x.sql')`],
    ['with path.sep', `import path from 'path'; read(__dirname + path.sep + 'x.sql')`],
    ['with concat', `read(__dirname.concat('/x.sql'))`],
    ['with an array', `import path from 'path'; read([__dirname, 'x.sql'].join(path.sep))`],
    ['from the file', `import path from 'path'; read(path.join(__filename, '..', 'x.sql'))`],
    ['from module.path', `read(module.path + '/x.sql')`],
    ['with a replaced ending', `read(__filename.replace(/main\\.ts$/, 'x.sql'))`],
    [
      'with the scheme cut off',
      `import path from 'path'; read(path.dirname(import.meta.url.slice(7)) + '/x.sql')`,
    ],
    [
      'with the scheme replaced',
      `import path from 'path'; read(path.join(path.dirname(import.meta.url.replace('file://', '')), 'x.sql'))`,
    ],
    [
      'with a fallback',
      `import path from 'path'; const here = import.meta.dirname ?? path.dirname(import.meta.filename); read(path.join(here, 'x.sql'))`,
    ],
    ['through destructuring', `const { dirname: here } = import.meta; read(here + '/x.sql')`],
    ['through a variable of import.meta', `const meta = import.meta; read(new URL('x.sql', meta.url))`],
    [
      'through variables',
      `import path from 'path'; import { fileURLToPath } from 'url';
       const __filename = fileURLToPath(import.meta.url); const __dirname = path.dirname(__filename);
       const file = path.join(__dirname, 'x.sql'); read(file)`,
    ],
    ['through a variable that is set later', `let file; file = __dirname + '/x.sql'; read(file)`],
    ['through a folder URL', `const base = new URL('.', import.meta.url); read(new URL('x.sql', base))`],
    ['through an object', `const paths = { here: __dirname }; read(paths.here + '/x.sql')`],
    ['through a function', `const at = (name) => __dirname + '/' + name; read(at('x.sql'))`],
    [
      'through a declared function',
      `read(at('x')); function at(name, ending = '.sql') { const file = name + ending; return __dirname + '/' + file; }`,
    ],
    [
      'inside a function that is called',
      `import path from 'path'; const load = (name) => read(path.join(__dirname, name)); load('x.sql')`,
    ],
    ['through a parameter', `function load(folder) { read(folder + '/x.sql'); } load(__dirname)`],
    [
      'for each of a list',
      `import path from 'path'; ['x.sql'].map((name) => read(path.join(__dirname, name)))`,
    ],
    ['in a loop', `for (const name of ['x.sql']) read(__dirname + '/' + name)`],
    ['with import.meta.resolve', `read(import.meta.resolve('./x.sql'))`],
    ['in an object that is given away', `read({ entry: __dirname + '/x.sql' })`],
    ['as the end of an option', 'read(`--file=${__dirname}/x.sql`)'],
    [
      'inside a command',
      `import { execSync } from 'child_process'; execSync('bash ' + __dirname + '/x.sql --now')`,
    ],
    [
      'at the beginning of a command',
      'import { exec } from "child_process"; exec(`${__dirname}/x.sql | head`)',
    ],
    ['as an export', `export const file = new URL('x.sql', import.meta.url)`],
    ['as an exported name', `const file = new URL('x.sql', import.meta.url); export { file }`],
    ['as a CommonJS export', `exports.file = __dirname + '/x.sql'`],
    ['as a default export', `export default new URL('x.sql', import.meta.url)`],
    ['as a returned value', `export function file() { return new URL('x.sql', import.meta.url) }`],
    ['as a field of a class', `class A { static file = new URL('x.sql', import.meta.url) }`],
  ])('`analyzeModule` finds a path that is written %s', (_, text) => {
    const found = referencesIn(text).filter((reference) => !reference.startsWith('resolve'));
    expect([...new Set(found)]).toEqual(['file /project/src/x.sql']);
  });
});

describe('a path with unknown parts', () => {
  it.each([
    [
      'has a hole in a template',
      'export const f = (n) => read(new URL(`./sql/${n}.sql`, import.meta.url))',
      'file /project/src/sql/*.sql',
    ],
    [
      'has a hole in path.join',
      `import path from 'path'; export const f = (n) => read(path.join(__dirname, 'sql', n))`,
      'file /project/src/sql/*',
    ],
    [
      'keeps what is above it',
      `import path from 'path'; export const f = (n) => read(path.join(__dirname, '..', 'sql', n, 'up.sql'))`,
      'file /project/sql/*/up.sql',
    ],
    [
      'is in the same folder after an unknown replacement',
      `export const f = (n) => read(__filename.replace('.ts', n))`,
      'file /project/src/*',
    ],
  ])('A path with unknown parts %s', (_, text, expected) => {
    expect(referencesIn(text)).toEqual([expected]);
  });

  it('A path has each value that a condition chooses from', () => {
    expect(referencesIn(`export const f = (c) => read(__dirname + (c ? '/a.sql' : '/b.sql'))`)).toEqual([
      'file /project/src/a.sql',
      'file /project/src/b.sql',
    ]);
  });

  it('A path has the values that the calls of its function pass', () => {
    const text = `const load = (name) => read(__dirname + '/' + name); load('a.sql'); load('b.sql');`;
    expect(referencesIn(text)).toEqual(['file /project/src/a.sql', 'file /project/src/b.sql']);
    expect(referencesIn(`${text} export { load };`)).toContain('file /project/src/*');
  });

  it('A path with too many possible values is one unknown value', () => {
    const names = Array.from({ length: 40 }, (_, index) => `'${index}.sql'`).join();
    expect(referencesIn(`for (const name of [${names}]) read(__dirname + '/sql/' + name)`)).toEqual([
      'file /project/src/sql/*',
    ]);
  });
});

describe('the unchanged path of a module', () => {
  it.each([
    ['import.meta.url', 'load(import.meta.url)'],
    ['__dirname', 'load(__dirname)'],
    ['__filename', 'new Finder({ from: __filename })'],
    ['a folder URL', `load(new URL('.', import.meta.url))`],
    ['an exported name', `export const here = import.meta.dirname`],
  ])('A reference is bare if %s is passed to unknown code', (_, text) => {
    expect(referencesIn(text)).toEqual(['file /project/src/* (bare)']);
  });

  it.each([
    ['the mark of a remote function', 'kit.remoteFunction(__filename, f)'],
    ['the mark of a remote function of an ES module', 'kit.remoteFunction(import.meta, f)'],
    ['import.meta as a whole', 'load(import.meta)'],
    [
      'a check for the main module',
      `import { pathToFileURL } from 'url'; if (import.meta.url === pathToFileURL(process.argv[1]).href) main()`,
    ],
    [
      'a check for the main module by path',
      `import { fileURLToPath } from 'url'; if (process.argv[1] === fileURLToPath(import.meta.url)) main()`,
    ],
    ['the same question by ending', `if (import.meta.url.endsWith(process.argv[1])) main()`],
    [
      'createRequire',
      `import { createRequire } from 'module'; const require = createRequire(import.meta.url)`,
    ],
    ['the console', 'console.log(__dirname)'],
    ['a logger', 'logger.info(`in ${__dirname}`)'],
    ['an error', 'throw new TypeError(`bad ${__filename}`)'],
    ['its name', `import path from 'path'; start(path.basename(__filename, path.extname(__filename)))`],
    ['a variable that nothing reads', `const here = import.meta.dirname`],
    ['other members of import.meta', `start(import.meta.env, import.meta.main)`],
    ['a declared name', `const __dirname = 'x'; load(__dirname)`],
  ])('`analyzeModule` reports no reference for %s', (_, text) => {
    expect(referencesIn(text)).toEqual([]);
  });
});

describe('the files that a module reads', () => {
  it.each([
    [
      'a file in the working folder',
      `import fs from 'fs'; fs.readFileSync('data/x.sql')`,
      'file /project/data/x.sql (optional)',
    ],
    [
      'a file by promises',
      `import { readFile } from 'fs/promises'; await readFile('./x.sql', 'utf8')`,
      'file /project/x.sql (optional)',
    ],
    [
      'a file by fs.promises',
      `const { promises: fs } = require('fs'); fs.readFile('x.sql')`,
      'file /project/x.sql (optional)',
    ],
    [
      'a file by a promisified function',
      `const read = require('util').promisify(require('fs').readFile); read('x.sql')`,
      'file /project/x.sql (optional)',
    ],
    [
      'a file below the working folder',
      `import path from 'path'; load(path.join(process.cwd(), 'x.sql'))`,
      'file /project/x.sql (optional)',
    ],
    [
      'a resolved file',
      `import path from 'path'; load(path.resolve('x', 'y.sql'))`,
      'file /project/x/y.sql (optional)',
    ],
    [
      'a file of a folder',
      `import fs from 'fs'; export const f = (n) => fs.readFileSync('sql/' + n)`,
      'file /project/sql/* (optional)',
    ],
    [
      'a folder',
      `import fs from 'fs'; fs.readdirSync(new URL('sql', import.meta.url))`,
      'folder /project/src/sql',
    ],
    ['its own folder', `import fs from 'fs'; fs.readdirSync(__dirname)`, 'folder /project/src'],
    [
      'the files that a pattern lists',
      `import { glob } from 'glob'; await glob('**/*.{sql,txt}', { cwd: import.meta.dirname })`,
      'folder /project/src/*.*',
    ],
    [
      'the files that a list of patterns lists',
      `import fg from 'fast-glob'; fg.sync(['sql/[a-z]*.sql'])`,
      'folder /project/sql/*.sql (optional)',
    ],
    [
      'the files that a pattern of a path lists',
      'import { globSync } from "node:fs"; globSync(`${__dirname}/sql/*.sql`)',
      'folder /project/src/sql/*.sql',
    ],
    ['itself', `import fs from 'fs'; fs.readFileSync(import.meta.filename)`, 'file /project/src/main.ts'],
    [
      'a check of existence',
      `import fs from 'fs'; fs.existsSync(__dirname + '/x')`,
      'file /project/src/x (optional)',
    ],
    [
      'a read in a try block',
      `import fs from 'fs'; try { fs.readFileSync(__dirname + '/x') } catch {}`,
      'file /project/src/x (optional)',
    ],
    ['a copy', `import fs from 'fs'; fs.cpSync(__dirname + '/a', __dirname + '/b')`, 'file /project/src/a'],
  ])('`analyzeModule` finds the files of %s', (_, text, expected) => {
    expect(referencesIn(text)).toEqual([expected]);
  });

  it.each([
    [
      'files that are only written',
      `import fs from 'fs'; fs.writeFileSync(__dirname + '/out.txt', ''); fs.mkdirSync('out')`,
    ],
    [
      'paths outside of the project',
      `import fs from 'fs'; fs.readFileSync('/etc/hosts'); fs.readFileSync('../x')`,
    ],
    [
      'unknown paths',
      `import fs from 'fs'; export const f = (n) => [fs.readFileSync(n), fs.readFileSync(n + '.sql'), fs.readFileSync(process.argv[2])]`,
    ],
    [
      'a pattern over the whole working folder',
      `import { glob } from 'glob'; glob('**/*.sql'); glob('!x', { cwd: unknown })`,
    ],
    [
      'a path above an unknown one',
      `import fs from 'fs'; import path from 'path'; export const f = (n) => fs.readFileSync(path.join(path.dirname(n), '..', 'x.sql'))`,
    ],
    ['the working folder', `load(process.cwd())`],
    ["a function that is not Node's", `import fs from './fs.js'; fs.readFileSync('x.sql')`],
  ])('`analyzeModule` reports no file or folder for %s', (_, text) => {
    expect(referencesIn(text)).toEqual([]);
  });
});

describe('a module that cannot be parsed', () => {
  it('`analyzeModule` throws UnreadableModuleError with the file and the position of the error', () => {
    expect(() => findingsOf('const = 1')).toThrow(
      expect.objectContaining({
        name: 'UnreadableModuleError',
        offset: 6,
        message: expect.stringContaining('/project/src/main.ts cannot be parsed'),
      }),
    );
  });

  it('`analyzeModule` accepts a script that strict mode refuses', () => {
    expect(referencesIn(`with (Math) { var await = 010; } read(__dirname + '/x')`)).toEqual([
      'file /project/src/x',
    ]);
  });
});
