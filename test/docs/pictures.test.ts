import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { DOCS_FOLDER, DOCS_PICTURES } from '../console-pictures/docs-pictures.js';

/** Greatest size of all pictures together, so that a clone stays small. */
const MAX_BYTES = 400_000;

const ROOT = path.resolve(import.meta.dirname, '../..');
const files = readdirSync(path.join(ROOT, DOCS_FOLDER));

describe('The pictures of the console in the documentation', () => {
  it('The page of the console shows each picture that the script takes once, with a text in its place', () => {
    const page = readFileSync(path.join(ROOT, 'docs/console.md'), 'utf8');
    const shown = [...page.matchAll(/!\[(?<text>[^\]]*)\]\(pictures\/(?<file>[^)]+)\)/g)];

    expect(shown.map(({ groups }) => groups?.['file']).sort()).toEqual(
      DOCS_PICTURES.map(({ file }) => file).sort(),
    );
    for (const { groups } of shown) expect(groups?.['text']?.length).toBeGreaterThan(30);
  });

  it('The folder has the pictures that the script takes, and no others', () => {
    expect(files.sort()).toEqual(DOCS_PICTURES.map(({ file }) => file).sort());
  });

  it('The pictures are WebP, and together smaller than 400 KB', () => {
    for (const file of files)
      expect(readFileSync(path.join(ROOT, DOCS_FOLDER, file)).toString('latin1', 8, 12)).toBe('WEBP');
    const sizes = files.map((file) => statSync(path.join(ROOT, DOCS_FOLDER, file)).size);

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
  });

  it('The pictures show a page in the dark, and one on a phone', () => {
    expect(DOCS_PICTURES.some(({ colorScheme }) => colorScheme === 'dark')).toBe(true);
    expect(DOCS_PICTURES.some(({ size }) => size.width < 400)).toBe(true);
  });
});
