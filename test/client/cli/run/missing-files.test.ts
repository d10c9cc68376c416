import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  missingFilesAdvice,
  missingModuleAdvice,
  missingPackageAdvice,
} from '../../../../client/cli/run/missing-files.js';

const FAILED = { failure: { code: 'CommandFailed', message: 'exit status 1' } } as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'missing-files-'));
  for (const name of ['scripts', 'shop']) await mkdir(path.join(folder, name));
  const files = ['app.py', 'package.json', 'scripts/check.sh', 'requirements.txt', 'shop/__init__.py'];
  for (const file of files) await writeFile(path.join(folder, file), '');
});
afterAll(() => rm(folder, { recursive: true }));

const advice = (command: string | undefined, record = {}) =>
  missingFilesAdvice({ ...FAILED, ...record }, command, folder);

it.each([
  ['npm test', 'package.json', 'npm test'],
  ['cd /tmp; npx vitest', 'package.json', "'cd /tmp; npx vitest'"],
  ['./scripts/check.sh --all', './scripts/check.sh', './scripts/check.sh --all'],
  ["sh -c 'scripts/check.sh'", 'scripts/check.sh', `'sh -c '\\''scripts/check.sh'\\'''`],
  ['pip install -r requirements.txt', 'requirements.txt', 'pip install -r requirements.txt'],
])(
  'A command that fails without files of this folder, %j, is told to need --dir',
  (command, file, quoted) => {
    expect(advice(command)).toBe(
      `The build has no files of this folder, such as ${file}. To include them, add --dir: codeseeder run --dir . -- ${quoted}`,
    );
  },
);

it.each([
  ['needs no file', advice.bind(undefined, 'exit 3')],
  ['looks for a file that is not here either', advice.bind(undefined, 'make all')],
  ['names a folder above', advice.bind(undefined, 'ls ../')],
  ['had a bundle', advice.bind(undefined, 'npm test', { bundle: { layers: [] } })],
  [
    'ended for another reason',
    advice.bind(undefined, 'npm test', { failure: { code: 'BuildTimedOut', message: '' } }),
  ],
  ['is that of another process', advice.bind(undefined, undefined)],
])('A command that %s gets no advice about files', (_what, given) => {
  expect(given()).toBeUndefined();
});

describe('missingModuleAdvice', () => {
  const notFound = (name: string) => ({
    message: `There is no Python module ${name} (No module named '${name}'). Include it as a local module, or install it.`,
  });

  it.each([
    ['a file', 'app:main', 'app', './app.py'],
    ['a package', 'shop.check:main', 'shop', './shop'],
  ])(
    'A Python function whose module, %s of this folder, is not in the build is told to need --local-module',
    (_, target, name, place) => {
      expect(missingModuleAdvice(notFound(name), target, [], folder)).toBe(
        `This folder has ${place}, but the build did not find it as a module. Add \`--local-module ${name}=${place}\` to the command.`,
      );
      expect(missingModuleAdvice(notFound(name), target, [name], folder)).toBeUndefined();
    },
  );

  it('A module of a package that the build has found is not said to need --local-module', () => {
    expect(missingModuleAdvice(notFound('shop.chek'), 'shop.chek:main', [], folder)).toBeUndefined();
    const message = 'shop has no function main; it has none.';
    expect(missingModuleAdvice({ message }, 'shop:main', [], folder)).toBeUndefined();
  });

  it('A module that is almost a local module gets the right target', () => {
    const advice = (modules: string[]) =>
      missingModuleAdvice(notFound('deploytol'), 'deploytol.release:deploy', modules, folder);

    expect(advice(['hello', 'deploytool'])).toBe(
      'The build has the local module deploytool, but no deploytol. Did you mean deploytool.release:deploy?',
    );
    expect(advice(['hello'])).toBeUndefined();
  });

  it('A module that is not in this folder is not suggested as a local module', () => {
    expect(missingModuleAdvice(notFound('other'), 'other:main', [], folder)).toBeUndefined();
  });
});

it('A Python function that misses a package is told to need the requirements.txt of this folder', () => {
  const missing = {
    remote: { name: 'ModuleNotFoundError', message: "No module named 'humanize'", stack: '' },
  };
  expect(missingPackageAdvice(missing, folder)).toBe(
    'This folder has requirements.txt, but the build has not installed it. Add `--requirements requirements.txt` to the command.',
  );
  expect(missingPackageAdvice(missing, path.join(folder, 'scripts'))).toBeUndefined();
  const other = { remote: { ...missing.remote, name: 'ValueError' } };
  expect(missingPackageAdvice(other, folder)).toBeUndefined();
});
