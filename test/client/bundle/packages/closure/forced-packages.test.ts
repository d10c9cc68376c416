import { afterEach, describe, expect, test } from '@jest/globals';

import { forcedPackages } from '../../../../../client/bundle/packages/closure/forced-packages.js';
import { openPackages } from '../../../../../client/bundle/packages/closure/package-catalog.js';
import { aPackage, installedFolders } from '../installed.js';

const folders = installedFolders();
afterEach(() => folders.removeAll());

describe('forcedPackages', () => {
  test('`forcedPackages` returns each name of `nodeModules` once, as an import of the project', () => {
    const project = folders.make(aPackage('a'));
    expect(forcedPackages(openPackages(), project, { nodeModules: ['a', 'a'] })).toEqual([
      { from: project, name: 'a' },
    ]);
  });

  test('`forcedPackages` refuses a name that is not installed', () => {
    expect(() => forcedPackages(openPackages(), folders.make({}), { nodeModules: ['gone'] })).toThrow(
      expect.objectContaining({
        code: 'PackFailed',
        message: expect.stringMatching(/nodeModules has gone.*npm i gone/),
      }),
    );
  });

  test('`forcedPackages` refuses a name that is in both `nodeModules` and `bundledPackages`', () => {
    const project = folders.make(aPackage('a'));
    expect(() =>
      forcedPackages(openPackages(), project, { nodeModules: ['a'], bundledPackages: ['a'] }),
    ).toThrow(expect.objectContaining({ code: 'PackFailed' }));
  });
});
