import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

import {
  FAILURES,
  FAILURE_SEEN,
  type FailureCode,
  OPERATION_FAILURES,
  statusOfFailure,
} from '../../lib/contract/index.js';

const readme = path.resolve(import.meta.dirname, '../../README.md');

/** The README's failure table, as the contract declares the failures. */
function failureTable(): string {
  const rows = Object.entries(FAILURES).map(([code, { seen, meaning, fix }]) =>
    row(`\`${code}\``, meaning, seenAs(code as FailureCode, seen), fix),
  );
  return [
    row('Code', 'What it means', 'Where you see it', 'What to do'),
    row('---', '---', '---', '---'),
    ...rows,
  ].join('\n');
}

function seenAs(code: FailureCode, seen: keyof typeof FAILURE_SEEN): string {
  return FAILURE_SEEN[seen].replace('ended so', `is \`${statusOfFailure(code)}\``);
}

function operationTable(): string {
  const rows = Object.entries(OPERATION_FAILURES).map(([code, { meaning, fix }]) =>
    row(`\`${code}\``, meaning, fix),
  );
  return [row('Code', 'What it means', 'What to do'), row('---', '---', '---'), ...rows].join('\n');
}

const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;

describe('the README', () => {
  it.each([
    ['failures', failureTable],
    ['operation-failures', operationTable],
  ])('says of the %s what the contract says', async (name, table) => {
    const text = await readFile(readme, 'utf8');
    const marked = new RegExp(`<!-- ${name} -->\\n+([\\s\\S]*?)\\n+<!-- /${name} -->`);
    const between = marked.exec(text)?.[1] ?? '';

    // Prettier pads the columns.
    expect(withoutPadding(between)).toBe(withoutPadding(table()));
  });

  it('names no code twice', () => {
    const twice = Object.keys(OPERATION_FAILURES).filter((code) => Object.hasOwn(FAILURES, code));
    expect(twice).toEqual([]);
  });
});

function withoutPadding(table: string): string {
  return table.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}
