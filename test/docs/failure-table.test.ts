import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { FAILURES } from '../../lib/contract/index.js';

const readme = path.resolve(import.meta.dirname, '../../README.md');

/** The README's failure table, as the contract declares the failures. */
function failureTable(): string {
  const rows = Object.entries(FAILURES).map(
    ([code, { meaning, fix }]) => `| \`${code}\` | ${meaning} | ${fix} |`,
  );
  return ['| Code | What it means | What to do |', '| --- | --- | --- |', ...rows].join('\n');
}

describe("the README's failure table", () => {
  it("says what the contract's failures say", async () => {
    const text = await readFile(readme, 'utf8');
    const between = /<!-- failures -->\n+([\s\S]*?)\n+<!-- \/failures -->/.exec(text)?.[1] ?? '';

    // Prettier pads the columns.
    expect(withoutPadding(between)).toBe(withoutPadding(failureTable()));
  });
});

function withoutPadding(table: string): string {
  return table.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}
