import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { StartBuildInput } from '@aws-sdk/client-codebuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { buildOptionsSchema, CodeseederError, parseRunRequest } from '../../lib/contract/index.js';
import { parseBuildspec, SHELL_PHASES } from '../../lib/local/codebuild/buildspec.js';
import { aRunRequest } from '../contract/builders.js';
import { COMMANDS, invocationIs, NODE, prepare, resetBucket } from '../lambdas/prepare-run/mocked-bucket.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { nastyText } from './nasty.js';

const PYTHON = { kind: 'python', target: { module: 'm', functionName: 'f' }, args: [], kwargs: {} };

/** Texts that a shell executes if they are not quoted correctly. */
const BAITS = [
  '$(canary)',
  '`canary`',
  "'; canary; '",
  '"; canary; "',
  "'$(canary)'",
  '\ncanary\n',
  '; canary #',
  '| canary',
  '&& canary',
  '& canary &',
  '<(canary)',
  '${x:-$(canary)}',
  '\\',
  "\\'; canary; '\\",
  '$((a[$(canary)]))',
  '~/canary',
  '{canary,b}',
  '!canary',
  '--init-file=canary',
  '> fired',
];

const bait = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...BAITS) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...BAITS), fc.constantFrom(...BAITS)).map((two) => two.join('')),
  },
  { weight: 1, arbitrary: nastyText },
);
/** Generates texts that begin with a valid text. */
const led = (...starts: string[]) =>
  fc.tuple(fc.constantFrom(...starts), bait).map(([start, end]) => start + end);
const few = <T>(values: fc.Arbitrary<T>) => fc.array(values, { maxLength: 3 });
const names = fc.oneof(fc.constantFrom('A', 'name', '_x', 'IFS', 'PS4', 'CDPATH', 'GLOBIGNORE'), bait);

const overrides = fc.record(
  {
    labels: fc.dictionary(bait, bait, { maxKeys: 2 }),
    build: fc.record(
      {
        runtimeVersions: fc.dictionary(
          fc.oneof(fc.constant('nodejs'), bait),
          fc.oneof(fc.constant('24'), bait),
          { maxKeys: 1 },
        ),
        packages: fc.dictionary(led('tool', '@a/b', '-g', ''), led('^2', '>=1 <2 || *', ''), { maxKeys: 2 }),
        pythonModules: few(led('requests>=2; ', './', 'tool @ https://example.com/', 'a[b] ')),
        pipxModules: few(led('black', 'poetry==1 ')),
        pypiMirror: led('https://mirror.example.com/simple/', 'https://a?'),
        npmMirror: led('https://mirror.example.com/npm/', 'https://a#'),
        environment: fc.dictionary(names, fc.record({ value: bait, type: fc.constant('PLAINTEXT') }), {
          maxKeys: 3,
        }),
        exportedVariables: few(names),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['build'] },
);

/**
 * Keeps the options that the contract accepts. Other options have their own tests, and would end the run before a
 * shell starts.
 */
function accepted(build: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const takes = (name: string, value: unknown) => buildOptionsSchema.safeParse({ [name]: value }).success;
  return Object.fromEntries(
    Object.entries(build).map(([name, value]) => {
      if (Array.isArray(value)) return [name, value.filter((item) => takes(name, [item]))];
      if (typeof value !== 'object' || value === null) return [name, takes(name, value) ? value : undefined];
      return [
        name,
        Object.fromEntries(Object.entries(value).filter((entry) => takes(name, Object.fromEntries([entry])))),
      ];
    }),
  );
}

let home: string;
let source: string;
/** The input folder, which the first command of a run empties. */
let input: string;
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), "codeseeder $(canary) 'it' "));
  source = path.join(home, 'source `canary`');
  input = path.join(home, 'input $(canary)');
  const stubs = ['bin', 'source `canary`/.codeseeder/python/venv/bin'].map((name) => path.join(home, name));
  for (const folder of [...stubs, input]) mkdirSync(folder, { recursive: true });
  const [bin = '', venv = ''] = stubs;
  for (const tool of ['npm', 'node', 'python3', 'pip', 'docker']) stub(path.join(bin, tool), 'exit 0');
  stub(path.join(venv, 'python'), 'exit 0');
  stub(path.join(bin, 'canary'), 'echo fired > "$CANARY_HOME/fired"');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(resetBucket);

function stub(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Runs the phases in a shell as CodeBuild does. */
function runPhases(buildspec: string, variables: Readonly<Record<string, string>>): string {
  const { phases } = parseBuildspec(buildspec);
  let said = '';
  for (const name of SHELL_PHASES) {
    const commands = phases[name]?.commands ?? [];
    const script = commands.map((command) => `${command}\n`).join('');
    const { stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: source,
      encoding: 'utf8',
      env: {
        ...variables,
        PATH: `${path.join(home, 'bin')}:${process.env['PATH']}`,
        HOME: home,
        CANARY_HOME: home,
        CODEBUILD_SRC_DIR: source,
        CODEBUILD_SRC_DIR_codeseeder_input: input,
      },
    });
    said += stdout + stderr;
  }
  return said;
}

describe('Run requests', () => {
  it(
    'A run request never makes a shell run one of its values',
    async () => {
      let prepared = 0;
      await holds(
        fc.asyncProperty(overrides, fc.constantFrom(NODE, PYTHON, COMMANDS), async (wanted, invocation) => {
          const given = invocation === COMMANDS ? { kind: 'commands', target: ['true'] } : invocation;
          invocationIs(given);
          try {
            const { startBuild } = await prepare({
              ...wanted,
              build: accepted(wanted.build),
            });
            const { environmentVariablesOverride = [], buildspecOverride = '' } =
              startBuild as unknown as StartBuildInput;
            const variables = environmentVariablesOverride.flatMap(({ name, value }) =>
              name === undefined ? [] : [[name, value ?? ''] as const],
            );
            const said = runPhases(buildspecOverride, Object.fromEntries(variables));
            expect(said).not.toMatch(/syntax error|unexpected EOF|command not found/);
            prepared += 1;
          } catch (error) {
            if (!(error instanceof CodeseederError)) throw error;
          }
          expect([existsSync(path.join(home, 'fired')), existsSync(path.join(source, 'fired'))]).toEqual([
            false,
            false,
          ]);
        }),
        60,
      );
      // Fails if too few values were passed to a shell.
      expect(prepared).toBeGreaterThan(20);
      // Fails if a shell cannot run the program that the values try to start.
      runPhases(JSON.stringify({ version: 0.2, phases: { build: { commands: ['"$(canary)"'] } } }), {});
      expect(existsSync(path.join(home, 'fired'))).toBe(true);
    },
    CAMPAIGN_MS,
  );

  it('The refusal of a run request contains none of its values', async () => {
    await holds(
      fc.property(
        fc.uuid(),
        nastyText.filter((name) => name !== '__proto__'),
        nastyText,
        (password, name, text) => {
          const build = {
            npmMirror: `https://user:${password}@mirror.example.com/${text}`,
            pypiMirror: `https://${password}@a`,
            environment: {
              [name]: { value: `${password}${text}`, type: 'SECRET' },
              A: { value: password, type: 1 },
            },
            timeoutMinutes: password,
            packages: { a: `$(${password})` },
          };
          let message = '';
          try {
            parseRunRequest({ ...aRunRequest(), build });
          } catch (error) {
            message = (error as CodeseederError).message;
          }
          expect(message).toContain('build.npmMirror');
          expect(message).not.toContain(password);
        },
      ),
      50,
    );
  });
});
