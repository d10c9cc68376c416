import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { readPage, ROOT } from './pages.js';

/** Matches a path of the project in a code span, such as `lib/contract/failures.ts`. */
const PATH = /`((?:bin|bundling|client|docs|examples|lambdas|lib|test|\.github|\.ci)(?:\/[\w.*-]+)*\/?)`/g;

describe('Pages for maintainers', () => {
  it.each(['CONTRIBUTING.md', 'docs/architecture.md'])('The page %s names only paths that exist', (page) => {
    const named = [...readPage(page).matchAll(PATH)].map(([, file = '']) => file);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((file) => !exists(file))).toEqual([]);
  });

  it('The page docs/architecture.md lists every folder with code', () => {
    const page = readPage('docs/architecture.md');
    const folders = ['bin', 'bundling', 'client', 'examples', 'lambdas', ...foldersIn('lib')];
    expect(folders.filter((folder) => !page.includes(`\`${folder}`))).toEqual([]);
  });

  it('The page docs/architecture.md describes every handler', () => {
    const page = readPage('docs/architecture.md');
    const handlers = foldersIn('lambdas').map((folder) => path.basename(folder));
    expect(handlers.filter((handler) => !page.includes(`| \`${handler}\``))).toEqual([]);
  });
});

function exists(file: string): boolean {
  if (!file.includes('*')) return existsSync(path.join(ROOT, file));
  const start = path.basename(file).split('*')[0] ?? '';
  return readdirSync(path.join(ROOT, path.dirname(file))).some((name) => name.startsWith(start));
}

function foldersIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`);
}
