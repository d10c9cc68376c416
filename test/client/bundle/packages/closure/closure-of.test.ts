import path from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';

import { closureOf, type ClosureOptions } from '../../../../../client/bundle/packages/closure/closure-of.js';
import { openPackages } from '../../../../../client/bundle/packages/closure/package-catalog.js';
import type { PackageClosure } from '../../../../../client/bundle/packages/closure/package-closure.js';
import { aPackage, installedFolders } from '../installed.js';

const folders = installedFolders();
afterEach(() => folders.removeAll());

function close(
  project: string,
  names: readonly string[],
  options: Partial<ClosureOptions> = {},
): PackageClosure {
  const imports = names.map((name) => ({ from: project, name }));
  return closureOf(openPackages(), imports, { project, ...options });
}

const namesOf = ({ packages }: PackageClosure): string[] =>
  [...packages.values()].map(({ name }) => name).sort();

const COMPUTED = { 'index.js': 'module.exports = (name) => require(name);' };

describe('closureOf', () => {
  test('`closureOf` includes dependencies of every kind, and theirs', () => {
    const project = folders.make({
      'package.json': { name: 'project' },
      ...aPackage('a', {
        json: {
          dependencies: { b: '1' },
          optionalDependencies: { c: '1', 'c-missing': '1' },
          peerDependencies: { d: '1' },
          peerDependenciesMeta: { e: { optional: true }, 'e-missing': { optional: true } },
          bundledDependencies: ['f'],
        },
      }),
      ...aPackage('b', { json: { dependencies: { g: '1' } } }),
      ...Object.assign({}, ...['c', 'd', 'e', 'g', 'unrelated'].map((name) => aPackage(name))),
      'node_modules/a/node_modules/f/package.json': { name: 'f', version: '2.0.0' },
    });
    const closure = close(project, ['a']);
    expect(namesOf(closure)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(closure.warnings).toEqual([]);
  });

  test('`closureOf` includes the version that Node finds from each package, and both if there are two', () => {
    const project = folders.make({
      'package.json': { name: 'project' },
      ...aPackage('a', { json: { dependencies: { x: '1', b: '1' } } }),
      ...aPackage('b', { json: { dependencies: { x: '2' } } }),
      ...aPackage('x'),
      'node_modules/b/node_modules/x/package.json': { name: 'x', version: '2.0.0' },
    });
    const { packages } = close(project, ['a']);
    const versions = [...packages.values()].filter(({ name }) => name === 'x').map(({ version }) => version);
    expect(versions.sort()).toEqual(['1.0.0', '2.0.0']);
    const ofB = packages.get(path.join(project, 'node_modules/b'))?.dependencies.get('x');
    expect(ofB?.folder).toBe(path.join(project, 'node_modules/b/node_modules/x'));
  });

  test('`closureOf` warns of a dependency that is not installed, unless it is optional', () => {
    const project = folders.make({
      ...aPackage('a', {
        json: { dependencies: { gone: '1', soft: '1' }, optionalDependencies: { soft: '1' } },
      }),
    });
    expect(close(project, ['a']).warnings).toEqual([
      'a depends on gone, which is not installed: a may fail here and in the build. Install it, for example with npm i gone.',
    ]);
  });

  test('`closureOf` includes packages that scripts import although no `package.json` names them', () => {
    const project = folders.make({
      ...aPackage('a', {
        files: { 'index.js': 'require("undeclared"); require(".made/client/x"); require("gone")' },
      }),
      ...aPackage('undeclared'),
      ...aPackage('.made/client', { json: { name: 'made-client-1234' } }),
    });
    expect(namesOf(close(project, ['a']))).toEqual(['a', 'made-client-1234', 'undeclared']);
  });

  test("`closureOf` includes the project's dependencies if a package loads others by a computed name, but no development dependencies", () => {
    const project = folders.make({
      'package.json': {
        dependencies: { logger: '1', transport: '1', codeseeder: '1', '@types/x': '1', missing: '1' },
        devDependencies: { linter: '1' },
      },
      ...aPackage('logger', { json: { dependencies: { loader: '1' } } }),
      ...aPackage('loader', { files: COMPUTED }),
      ...Object.assign({}, ...['codeseeder', '@types/x', 'linter', 'below'].map((name) => aPackage(name))),
      ...aPackage('transport', { json: { dependencies: { below: '1' } } }),
    });
    const closure = close(project, ['logger']);
    expect(namesOf(closure)).toEqual(['below', 'loader', 'logger', 'transport']);
    expect(closure.loadedByName).toEqual([
      { name: 'logger', by: 'loader' },
      { name: 'transport', by: 'loader' },
    ]);
  });

  test.each([
    ['"./x/" + name', []],
    ['"engine-" + name', ['engine-a']],
    ['`platform-${name}`', []],
    ['name', ['engine-a', 'other', 'platform-a']],
  ])('A package that loads %s adds %j to the closure', (argument, brought) => {
    const project = folders.make({
      'package.json': { dependencies: { 'engine-a': '1', 'platform-a': '1', other: '1' } },
      ...aPackage('a', {
        json: { optionalDependencies: { 'platform-b': '1' } },
        files: { 'index.js': `module.exports = (name) => require(${argument});` },
      }),
      ...Object.assign({}, ...['engine-a', 'platform-a', 'other'].map((name) => aPackage(name))),
    });
    expect(
      close(project, ['a'])
        .loadedByName.map(({ name }) => name)
        .sort(),
    ).toEqual(brought);
  });

  test('`closureOf` includes an optional peer that is a development dependency only if the package imports it', () => {
    const peers = { peerDependenciesMeta: { compiler: { optional: true }, driver: { optional: true } } };
    const project = folders.make({
      'package.json': { devDependencies: { compiler: '1', driver: '1' } },
      ...aPackage('a', { json: peers, files: { 'index.js': 'exports.load = () => require("driver");' } }),
      ...aPackage('compiler'),
      ...aPackage('driver'),
    });
    expect(namesOf(close(project, ['a']))).toEqual(['a', 'driver']);
  });

  test('`closureOf` refuses to bundle a package that a kept one loads, and names the packages between them', () => {
    const project = folders.make({
      ...aPackage('a', { json: { dependencies: { b: '1' } } }),
      ...aPackage('b', { json: { dependencies: { c: '1' } } }),
      ...aPackage('c'),
    });
    expect(() => close(project, ['a'], { bundled: ['c'] })).toThrow(
      expect.objectContaining({
        code: 'PackFailed',
        message: expect.stringMatching(/bundledPackages has c, but a > b .* add b to it/),
      }),
    );
  });

  test('`closureOf` refuses an import that is not installed', () => {
    expect(() => close(folders.make({}), ['gone'])).toThrow(
      expect.objectContaining({
        code: 'PackFailed',
        message: expect.stringMatching(/gone is not installed .*npm i gone/),
      }),
    );
  });

  test('`closureOf` includes packages that depend on each other once', () => {
    const project = folders.make({
      ...aPackage('a', { json: { dependencies: { b: '1' } } }),
      ...aPackage('b', { json: { dependencies: { a: '1' } } }),
    });
    expect(namesOf(close(project, ['a']))).toEqual(['a', 'b']);
  });
});
