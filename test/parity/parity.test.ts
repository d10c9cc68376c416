import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { BUILD_ROWS } from './build-rows.js';
import { COMMAND_LINE_ROWS } from './command-line-rows.js';
import { DEFECT_ROWS } from './defect-rows.js';
import { FUNCTION_ROWS } from './function-rows.js';
import { OPTION_ROWS } from './option-rows.js';
import type { ParityRow } from './parity-row.js';
import { STACK_ROWS } from './stack-rows.js';

const TESTS = path.resolve(import.meta.dirname, '..');

const rows: readonly ParityRow[] = [
  ...FUNCTION_ROWS,
  ...OPTION_ROWS,
  ...COMMAND_LINE_ROWS,
  ...STACK_ROWS,
  ...BUILD_ROWS,
  ...DEFECT_ROWS,
];

let sources: readonly (readonly [file: string, source: string])[];

beforeAll(async () => {
  const files = (await readdir(TESTS, { recursive: true })).filter((file) => file.endsWith('.test.ts'));
  sources = await Promise.all(
    files.map(async (file) => [file, await readFile(path.join(TESTS, file), 'utf8')] as const),
  );
});

/** Returns whether a file, or a file of a folder, has a test or a table of tests with this title. */
function hasTest(reference: string): boolean {
  const [place = '', title = ''] = reference.split(/: (.*)/);
  const spellings = [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``];
  return sources
    .filter(([file]) => file.startsWith(`${place}.`) || file.startsWith(`${place}/`))
    .some(([, source]) =>
      spellings.some((spelling) => source.includes(`(${spelling}`) || source.includes(`\n    ${spelling}`)),
    );
}

describe('Parity with aws-codeseeder 1.3.1', () => {
  it.each(rows)('Row $id is covered by a test: $reference', ({ tests }) => {
    expect(tests).not.toEqual([]);
    expect(tests.filter((test) => !hasTest(test))).toEqual([]);
  });

  it('The table has each row once, without a gap', () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const numbered = (section: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + 1}`);
    expect(ids).toEqual(
      expect.arrayContaining([...numbered('A', 11), ...numbered('C', 4), ...numbered('F', 13)]),
    );
  });
});
