import { readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';

import { rateTable } from './rate-table.js';

const PAGE = new URL('../../../lib/local/quotas/README.md', import.meta.url);

/** Removes the padding that the formatter adds to table cells. */
const withoutPadding = (line: string) => line.replace(/ +/g, ' ').trim();

describe('The page of the quotas', () => {
  it('The page of the quotas lists every request rate with its figures and its source', async () => {
    const lines = (await readFile(PAGE, 'utf8')).split('\n').map(withoutPadding);
    const start = lines.findIndex((line) => line.startsWith('| Service |'));
    const rows = lines.slice(start + 2, lines.indexOf('', start));
    expect(rows).toEqual(rateTable().map(withoutPadding));
  });
});
