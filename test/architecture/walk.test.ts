import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

/** Maximum number of files in the list of files for one run. */
const FILES_MAX = 63;

/** Returns the files in the tables of "One run through the code". */
function walkedFiles(): string[] {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const [, section = ''] = page.split('\n## One run through the code\n');
  const [table = ''] = section.split('\nOther ways through the code:\n');
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  return rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file));
}

describe('One run through the code', () => {
  it(`One run from the client to its event visits at most ${FILES_MAX} files`, () => {
    expect(walkedFiles().length).toBeGreaterThan(40);
    expect(walkedFiles().length).toBeLessThanOrEqual(FILES_MAX);
  });

  it('The page states how many files one run visits', () => {
    expect(readFileSync('docs/architecture.md', 'utf8')).toContain(`: ${walkedFiles().length} files.`);
  });

  it('The walk names each file that one run visits once', () => {
    expect(walkedFiles()).toEqual([...new Set(walkedFiles())]);
  });

  it('Every file of the walk exists', () => {
    expect(walkedFiles().filter((file) => !existsSync(file))).toEqual([]);
  });
});
