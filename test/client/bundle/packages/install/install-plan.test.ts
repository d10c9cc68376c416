import path from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';

import { closureOf } from '../../../../../client/bundle/packages/closure/closure-of.js';
import { installPlan, type InstallPlan } from '../../../../../client/bundle/packages/install/install-plan.js';
import { openPackages } from '../../../../../client/bundle/packages/closure/package-catalog.js';
import { aPackage, installedFolders, type Files } from '../installed.js';

const folders = installedFolders();
afterEach(() => folders.removeAll());

const X64 = { os: 'linux', cpu: 'x64', libc: 'glibc' } as const;
const FOREIGN = [{ name: 'a', version: '1.0.0', problem: 'a.node is for darwin arm64' }];
const MANIFEST = { name: 'project', dependencies: { a: '1' } };

function plan(files: Files, below = ''): InstallPlan {
  const project = path.join(folders.make({ ...aPackage('a'), '.git/HEAD': '', ...files }), below);
  const packages = openPackages();
  const closure = closureOf(packages, [{ from: project, name: 'a' }], { project });
  return installPlan(packages, project, closure, FOREIGN, X64);
}

const textOf = ({ files }: InstallPlan, name: string): string | undefined => {
  const file = files.find((one) => one.path === name);
  return file && Buffer.from(file.content).toString();
};

describe('installPlan', () => {
  test.each([
    [
      'package-lock.json',
      '{}',
      {},
      ['npm ci --omit=dev --ignore-scripts --no-audit --no-fund', 'npm rebuild'],
    ],
    [
      'npm-shrinkwrap.json',
      '{}',
      {},
      ['npm ci --omit=dev --ignore-scripts --no-audit --no-fund', 'npm rebuild'],
    ],
    [
      'package-lock.json',
      '{}',
      { scripts: { postinstall: 'patch-package' } },
      ['npm ci --omit=dev --ignore-scripts --no-audit --no-fund', 'npm rebuild', 'npx --yes patch-package'],
    ],
    [
      'package-lock.json',
      '{}',
      { dependencies: {}, devDependencies: { a: '1' } },
      ['npm ci --ignore-scripts --no-audit --no-fund', 'npm rebuild'],
    ],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '6.0'\n",
      {},
      ['npx --yes pnpm@8 install --frozen-lockfile --prod --ignore-scripts', 'npx --yes pnpm@8 rebuild'],
    ],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\n",
      { packageManager: 'pnpm@9.1.0+sha512.abc' },
      [
        'npx --yes pnpm@9.1.0 install --frozen-lockfile --prod --ignore-scripts',
        'npx --yes pnpm@9.1.0 rebuild',
      ],
    ],
    [
      'yarn.lock',
      '# yarn lockfile v1\n',
      {},
      [
        'npx --yes yarn@1.22.22 install --frozen-lockfile --production --non-interactive --ignore-scripts',
        'npm rebuild',
      ],
    ],
    [
      'yarn.lock',
      '__metadata:\n  version: 8\n',
      { packageManager: 'yarn@4.5.0' },
      [
        'YARN_IGNORE_PATH=1 YARN_NODE_LINKER=node-modules npx --yes @yarnpkg/cli-dist@4.5.0 workspaces focus --all --production',
      ],
    ],
  ])(
    '`installPlan` for %s with %j in a project with %j has the commands of its package manager',
    (lock, text, json, commands) => {
      const made = plan({ 'package.json': { ...MANIFEST, ...json }, [lock]: text });
      expect(made.commands).toEqual(commands);
      expect(made.lockFile).toBe(lock);
      expect(made.files.map((file) => file.path)).toEqual([lock, 'package.json']);
      expect(made.reason).toContain(
        'a cannot run in the build (linux x64, glibc): a.node is for darwin arm64',
      );
    },
  );

  test('`installPlan` includes each `package.json` of the workspace, patches, and settings without their secrets', () => {
    const made = plan(
      {
        'package.json': { workspaces: ['packages/*', '!packages/old'] },
        'package-lock.json': '{}',
        'packages/app/package.json': MANIFEST,
        'packages/old/package.json': { name: 'old' },
        'other/package.json': { name: 'other' },
        'patches/a+1.0.0.patch': 'x',
        '.npmrc':
          'registry=https://example.com/\n//example.com/:_authToken=secret\n//b.example/:_authToken=${TOKEN}\n',
      },
      'packages/app',
    );
    expect(made.files.map((file) => file.path).sort()).toEqual([
      '.npmrc',
      'package-lock.json',
      'package.json',
      'packages/app/package.json',
      'patches/a+1.0.0.patch',
    ]);
    expect(textOf(made, '.npmrc')).not.toContain('secret');
    expect(textOf(made, '.npmrc')).toContain('registry=https://example.com/\n');
    expect(textOf(made, '.npmrc')).toContain('${TOKEN}');
    expect(path.relative(made.folder, path.join(made.folder, 'packages/app'))).toBe('packages/app');
  });

  test('`installPlan` uses the lock file of the package manager that installed last', () => {
    const made = plan({
      'package.json': MANIFEST,
      'package-lock.json': '{}',
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      'node_modules/.modules.yaml': '',
    });
    expect(made.manager).toBe('pnpm');
  });

  test('`installPlan` refuses a project without a lock file, and names the remedy', () => {
    expect(() => plan({ 'package.json': MANIFEST })).toThrow(
      expect.objectContaining({
        code: 'PackFailed',
        message: expect.stringMatching(
          /a cannot run in the build.*no lock file.*npm install --os=linux --cpu=x64/,
        ),
      }),
    );
  });

  test('`installPlan` refuses a dependency that is a folder of this machine', () => {
    const json = { ...MANIFEST, dependencies: { a: '1', b: 'file:../b' } };
    expect(() => plan({ 'package.json': json, 'package-lock.json': '{}' })).toThrow(
      expect.objectContaining({
        code: 'PackFailed',
        message: expect.stringMatching(/dependency b as file:\.\.\/b/),
      }),
    );
  });
});
