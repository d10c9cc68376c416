import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');

describe("the README's list of production dependencies", () => {
  it('has a reason for each of them, and no other', async () => {
    const { dependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const readme = await readFile(path.join(root, 'README.md'), 'utf8');
    const section = /### Production dependencies\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
    const listed = [...section.matchAll(/^- `([^`]+)`: \S/gm)].map(([, name]) => name);

    expect(listed).toEqual(Object.keys(dependencies).sort());
  });
});
