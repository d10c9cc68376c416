import { describe, expect, test } from '@jest/globals';

import { commonBase } from '../../../../../client/bundle/packages/places/common-base.js';

describe('commonBase', () => {
  test.each([
    ['the project', '/w/app', ['/w/app/src/x.ts'], ['/w/app/node_modules/a'], '/w/app'],
    [
      'the workspace of its packages',
      '/w/packages/app',
      ['/w/packages/app/x.ts'],
      ['/w/node_modules/a'],
      '/w',
    ],
    [
      'the workspace of packages that pnpm linked',
      '/w/packages/app',
      [],
      ['/w/node_modules/.pnpm/a@1/node_modules/a'],
      '/w',
    ],
    ['the folder of all own modules', '/w/packages/app', ['/w/packages/lib/x.ts'], [], '/w/packages'],
    [
      'the project, where packages are in a store',
      '/home/u/app',
      [],
      ['/home/u/.store/links/a/node_modules/a'],
      '/home/u/app',
    ],
    ['the project, where a sibling has packages', '/w/app', [], ['/w/lib/node_modules/a'], '/w/app'],
    ['the project, with packages in zips', '/w/app', [], ['/w/.yarn/cache/a.zip/node_modules/a'], '/w/app'],
    ['the root of the file system', '/app', ['/lib/x.js'], [], '/'],
    ['the project, whose name another begins with', '/w/app', [], ['/w/app-2/node_modules/a'], '/w/app'],
  ])('The base of the packages is %s', (_, project, files, packages, base) => {
    expect(commonBase(project, files, packages)).toBe(base);
  });
});
