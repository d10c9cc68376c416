import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';

import { analyzeModule } from '../../../../../client/bundle/modules/analysis/analyze-module.js';
import { UnreadableModuleError } from '../../../../../client/bundle/modules/analysis/parse-module.js';
import { findingsOf, referencesIn } from './findings.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../../..');

async function filesBelow(folder: string, ending: RegExp): Promise<string[]> {
  const entries = await readdir(path.join(REPOSITORY, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && ending.test(entry.name));
  return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

describe('analyzeModule for any source', () => {
  it('`analyzeModule` analyzes all sources of this project', async () => {
    for (const file of await filesBelow('client', /\.ts$/)) {
      const { code } = await transform(await readFile(file, 'utf8'), { loader: 'ts', target: 'esnext' });
      const { format, references } = analyzeModule({ text: code, file, root: REPOSITORY });
      expect({ file, format: code === '' ? 'esm' : format }).toEqual({ file, format: 'esm' });
      for (const { argument } of references) expect(code.slice(argument.start, argument.end)).not.toBe('');
    }
  });

  it('`analyzeModule` analyzes the minified modules of aws-cdk-lib', async () => {
    const files = await filesBelow('node_modules/aws-cdk-lib/core/lib', /\.js$/);
    const found = await Promise.all(
      files.map(async (file) =>
        analyzeModule({ text: await readFile(file, 'utf8'), file, root: REPOSITORY }),
      ),
    );
    const patterns = found.flatMap(({ references }) =>
      references.map(({ pattern }) => pattern?.parts.join('*')),
    );
    expect(patterns).toContain(
      path.join(
        REPOSITORY,
        'node_modules/aws-cdk-lib/custom-resource-handlers/dist/core/nodejs-entrypoint-handler/index.js',
      ),
    );
  });

  it('`analyzeModule` analyzes random text or throws UnreadableModuleError', () => {
    const pieces =
      `import.meta.url __dirname __filename require import( ) ( { } [ ] => , ; = const let var a b 'x' + \`
      \${ new URL Worker function return ...  ?. ?? class extends super try catch for of await async . path join
      import path from 'path' ; export default if else : /x/ 1 this yield * 'node:fs' .href .replace`.split(
        /\s+/,
      );
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, (code) => {
        try {
          findingsOf(code);
        } catch (error) {
          if (!(error instanceof UnreadableModuleError)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [
      'a name that is made of itself',
      `let a = a; var b = b + '/x'; var c = d, d = c; load(a, b, c, __dirname + c)`,
    ],
    ['a function that calls itself', `const at = (n) => (n ? at(n - 1) : __dirname + '/x'); at(3)`],
    ['functions that call each other', `const f = (n) => g(n + __dirname), g = (n) => f(n); f('a')`],
    [
      'values that double',
      `${Array.from({ length: 60 }, (_, n) => `const v${n + 1} = c ? v${n} + 'a' : v${n} + 'b';`).join('')} const v0 = ''; load(__dirname + v60)`,
    ],
    [
      'calls that double',
      `${Array.from({ length: 60 }, (_, n) => `const f${n + 1} = (x) => f${n}(x) + f${n}(x);`).join('')} const f0 = (x) => x; load(__dirname + f60('a'))`,
    ],
    ['aliases that double', `var a = b || b; var b = a || a; a.join(__dirname, b)`],
    ['very long text', `load(__dirname + ${Array.from({ length: 1_500 }, () => `'a'`).join(' + ')})`],
    ['deep nesting', `${'(() => {'.repeat(50)} load(__dirname) ${'})'.repeat(50)}`],
  ])('`analyzeModule` analyzes %s', (_, text) => {
    expect(() => findingsOf(text)).not.toThrow();
  });

  it('`analyzeModule` throws UnreadableModuleError for nesting that is too deep', () => {
    expect(() => findingsOf(`${'['.repeat(100_000)}`)).toThrow(UnreadableModuleError);
  });

  it('`analyzeModule` counts lines with any line ending', () => {
    expect(findingsOf('a;\r\nb;\rc;\u2028import(d)').references).toMatchObject([{ line: 4, column: 1 }]);
  });

  it('`analyzeModule` returns the same findings each time', () => {
    const text = 'export const f = (n) => [import(`./${n}`), load(__dirname + n)]';
    expect(referencesIn(text)).toEqual(referencesIn(text));
  });
});
