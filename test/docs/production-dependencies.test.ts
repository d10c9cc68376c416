import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');

describe('The page of production dependencies', () => {
  it('The page docs/dependencies.md gives a reason for each production dependency of package.json and no other', async () => {
    const { dependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const page = await readFile(path.join(root, 'docs/dependencies.md'), 'utf8');
    const section = /^([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
    const listed = [...section.matchAll(/^- `([^`]+)`: \S/gm)].map(([, name]) => name);

    expect(listed).toEqual(Object.keys(dependencies).sort());
  });
});
