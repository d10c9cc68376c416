import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { pages, readPage, ROOT } from './pages.js';

interface Link {
  readonly page: string;
  readonly target: string;
}

const links = pages().flatMap(linksOf);

describe('Links in the pages of the repository', () => {
  it('Relative links in the pages name a file that exists', () => {
    const dead = links.filter(({ page, target }) => {
      const file = fileOf(page, target);
      return file !== undefined && !existsSync(path.join(ROOT, file));
    });
    expect(links.length).toBeGreaterThan(80);
    expect(dead).toEqual([]);
  });

  it('Links with an anchor name a heading of their page', () => {
    const dead = links.filter(({ page, target }) => {
      const file = fileOf(page, target);
      const [, anchor] = target.split('#');
      if (file === undefined || anchor === undefined || !file.endsWith('.md')) return false;
      return existsSync(path.join(ROOT, file)) && !anchorsOf(file).has(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('Links to other sites are https addresses', () => {
    const external = links.filter(({ target }) => /^[a-z+]+:/.test(target));
    expect(external.filter(({ target }) => !isHttps(target))).toEqual([]);
  });

  it('Links lead from README.md to every page of docs/', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const { target } of linksOf(page)) {
        const file = fileOf(page, target);
        const isFolder = file !== undefined && isDirectory(file);
        if (file !== undefined && (file.endsWith('.md') || isFolder))
          reached.add(isFolder ? path.join(file, 'README.md') : file);
      }
    }
    expect(pages('docs').filter((page) => !reached.has(page))).toEqual([]);
  });
});

/** Returns the links of a page outside of code: inline links, images and URLs in angle brackets. */
function linksOf(page: string): Link[] {
  if (!existsSync(path.join(ROOT, page))) return [];
  const text = readPage(page)
    .replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
    .replaceAll(/(`+)[^`][\s\S]*?\1/g, '');
  const inline = [...text.matchAll(/\]\(([^)\s]+)\)/g)];
  const angled = [...text.matchAll(/<(https?:[^>\s]+)>/g)];
  return [...inline, ...angled].map(([, target = '']) => ({ page, target }));
}

/** Returns the path of a relative link's target, from the project's root. */
function fileOf(page: string, target: string): string | undefined {
  if (/^[a-z+]+:/.test(target)) return undefined;
  const [file = ''] = target.split('#');
  return file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file));
}

/** Returns the anchors that GitHub creates for the headings of a page. */
function anchorsOf(page: string): Set<string> {
  const text = readPage(page).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  return new Set([...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function isHttps(target: string): boolean {
  return (URL.canParse(target) && new URL(target).protocol === 'https:') || target.startsWith('mailto:');
}

function isDirectory(file: string): boolean {
  return existsSync(path.join(ROOT, file)) && statSync(path.join(ROOT, file)).isDirectory();
}
