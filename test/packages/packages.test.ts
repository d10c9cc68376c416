import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { PROJECT, type Ended } from '../end-to-end/command-line-process.js';
import { differenceOf } from './compare-values.js';
import { casesNamed, PACKAGE_CASES } from './package-cases.js';

const FUNCTIONS = path.join(PROJECT, 'test/fixtures/packages');

const gives = (value: unknown): Ended => ({ exitCode: 0, stdout: JSON.stringify({ value }), stderr: '' });
const difference = (home: Ended, build: Ended) =>
  differenceOf({ callAtHome: async () => home, runInBuild: async () => build });

describe('The cases of `npm run soak:packages`', () => {
  it('The package tests have ten cases, and each names exact package versions', () => {
    expect(PACKAGE_CASES).toHaveLength(10);
    const installed = PACKAGE_CASES.flatMap(({ install }) => install);
    expect(installed.filter((name) => !/^(@[^@/]+\/)?[^@/]+@\d+\.\d+\.\d+$/.test(name))).toEqual([]);
  });

  it.each(PACKAGE_CASES)(
    'The function of the case $name imports the package',
    ({ name, install, functionName }) => {
      const file = path.join(FUNCTIONS, `${name}.ts`);
      expect(existsSync(file)).toBe(true);
      const source = readFileSync(file, 'utf8');
      expect(source).toMatch(new RegExp(`^export (async )?function ${functionName}\\(\\)`, 'm'));
      expect(source).toContain(`from '${install[0]!.replace(/@[^@]+$/, '')}`);
    },
  );

  it('Every function in test/fixtures/packages has a case', () => {
    expect(readdirSync(FUNCTIONS).sort()).toEqual(PACKAGE_CASES.map(({ name }) => `${name}.ts`).sort());
  });

  it('Cases can be selected by name, and an unknown name is refused', () => {
    expect(casesNamed(['pino']).map(({ name }) => name)).toEqual(['pino']);
    expect(casesNamed([])).toBe(PACKAGE_CASES);
    expect(() => casesNamed(['pino', 'left-pad'])).toThrow(
      'No case is named left-pad. The cases are aws-cdk-lib,',
    );
  });
});

describe('compareValues', () => {
  it('`compareValues` finds no difference between equal values', async () => {
    expect(await difference(gives({ a: [1, null] }), gives({ a: [1, null] }))).toBeUndefined();
  });

  it('`compareValues` shows both values when they differ', async () => {
    expect(await difference(gives([1]), gives(['1']))).toBe('gives ["1"] in the build, [1] at home');
  });

  it('`compareValues` distinguishes an absent member from null', async () => {
    expect(await difference(gives({ a: null }), gives({}))).toBe('gives {} in the build, {"a":null} at home');
  });

  it('`compareValues` reports how the run failed', async () => {
    const failure = { code: 'RemoteError', message: 'TypeError:\n  no' };
    const failed = { exitCode: 1, stdout: JSON.stringify({ status: 'FAILED', failure }), stderr: 'stack' };

    expect(await difference(gives(1), failed)).toBe('fails in the build: RemoteError: TypeError: no');
  });

  it('`compareValues` repeats the message of the command line when there was no run', async () => {
    const refused = { exitCode: 2, stdout: '', stderr: 'PackFailed: no\n' };

    expect(await difference(gives(1), refused)).toBe('fails in the build: PackFailed: no');
  });

  it('`compareValues` counts a value with a failed exit code as a failure', async () => {
    expect(await difference(gives(1), { ...gives(1), exitCode: 1 })).toMatch(
      /^fails in the build: ended with 1/,
    );
  });

  it('`compareValues` reports a function that fails locally, and starts no build', async () => {
    const home = { exitCode: 1, stdout: '', stderr: 'Error: gone' };
    const project = { callAtHome: async () => home, runInBuild: () => Promise.reject(new Error('started')) };

    expect(await differenceOf(project)).toBe('fails at home: Error: gone');
  });
});
