import { describe, expect, test } from '@jest/globals';

import { packageFolderOf } from '../../../../../client/bundle/packages/installed/package-folder.js';

describe('packageFolderOf', () => {
  test.each([
    ['/p/node_modules/a/lib/x.js', '/p/node_modules/a'],
    ['/p/node_modules/@s/a/x.js', '/p/node_modules/@s/a'],
    ['/p/node_modules/a/node_modules/b/x.js', '/p/node_modules/a/node_modules/b'],
    ['/p/node_modules/a/esm/package.json', '/p/node_modules/a'],
    [
      '/p/node_modules/.pnpm/a@1.0.0/node_modules/@s/a/x.js',
      '/p/node_modules/.pnpm/a@1.0.0/node_modules/@s/a',
    ],
    ['/p/node_modules/.prisma/client/index.js', '/p/node_modules/.prisma/client'],
    ['/p/.yarn/cache/a-npm-1-abc.zip/node_modules/a/x.js', '/p/.yarn/cache/a-npm-1-abc.zip/node_modules/a'],
    [
      '/p/.yarn/__virtual__/a-virtual-1/0/cache/a.zip/node_modules/a/x.js',
      '/p/.yarn/__virtual__/a-virtual-1/0/cache/a.zip/node_modules/a',
    ],
    ['/p/.yarn/unplugged/a-npm-1/node_modules/a/x.js', '/p/.yarn/unplugged/a-npm-1/node_modules/a'],
    ['C:\\p\\node_modules\\@s\\a\\x.js', 'C:\\p\\node_modules\\@s\\a'],
  ])('The file %s belongs to the package %s', (file, folder) => {
    expect(packageFolderOf(file)).toBe(folder);
  });

  test.each([
    '/p/src/x.js',
    '/p/packages/b/x.js',
    '/p/node_modules/single.js',
    '/p/node_modules/.bin/tool',
    '/p/.yarn/__virtual__/b-virtual-1/1/packages/b/x.js',
  ])('The file %s belongs to no package', (file) => {
    expect(packageFolderOf(file)).toBeUndefined();
  });
});
