import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { SecretReader } from '../../../lib/local/codebuild/build-environment.js';
import { CAMPAIGN_MS, holds } from '../../fuzz/campaign.js';
import type { WireBuild } from '../../../lib/local/codebuild/build-record.js';
import { buildspec, openTestCodeBuild, phaseStatuses, type TestCodeBuild } from './test-codebuild.js';

let test: TestCodeBuild;

/**
 * The stored values, by reference. Each value has a reference of its own, so no build reads the value of another one.
 */
const values = new Map<string, string>();

async function valueOf(reference: string): Promise<string> {
  const value = values.get(reference);
  if (value === undefined) throw new Error(`There is no value ${reference}.`);
  return value;
}

const secrets: SecretReader = { secret: valueOf, parameter: valueOf };

/** Stores a value. @returns its reference */
function stored(value: string): string {
  const reference = `value-${values.size}`;
  values.set(reference, value);
  return reference;
}

beforeAll(async () => {
  test = await openTestCodeBuild({ secrets });
});
afterAll(() => test.dispose());

/**
 * Returns the log of a build that prints secrets in all forms: as they are, and as the shell expands them without
 * quotes.
 */
async function shown(found: Record<string, string>): Promise<string> {
  const names = Object.keys(found);
  const build = await test.run({
    buildspecOverride: buildspec({
      build: [...names.map((name) => `printf '%s\\n' "got $${name} so"`), 'env', 'cat /none/such'],
    }),
    environmentVariablesOverride: Object.entries(found).map(([name, value], index) => ({
      name,
      value: stored(value),
      type: index % 2 === 0 ? ('SECRETS_MANAGER' as const) : ('PARAMETER_STORE' as const),
    })),
  });
  return JSON.stringify([await test.text(build), build, test.events, test.context.problems]);
}

const written = (text: string) => JSON.stringify(text).slice(1, -1);

/** Runs a command with a secret. @returns its log lines, after a check that it succeeded */
async function linesOf(command: string, name: string, secret: string): Promise<string[]> {
  const build = await test.run({
    buildspecOverride: buildspec({ build: [command] }),
    environmentVariablesOverride: [{ name, value: stored(secret), type: 'SECRETS_MANAGER' }],
  });
  await expectSuccess(build);
  return test.lines(build);
}

/**
 * Fails with the whole log and the reported problems, because the lines of the commands do not show why a build failed.
 */
async function expectSuccess(build: WireBuild): Promise<void> {
  const isPassed = phaseStatuses(build)['BUILD'] === 'SUCCEEDED' && test.context.problems.length === 0;
  expect(isPassed ? [] : [await test.text(build), ...test.context.problems]).toEqual([]);
}

describe('Secrets of builds', () => {
  it('The log hides a secret whole, also if another secret begins with it', async () => {
    const text = await shown({ SHORT: 'open-sesame', LONG: 'open-sesame-and-more' });
    expect(text).not.toContain('and-more');
    expect(text).toContain('got *** so');
  });

  it('The log hides each line of a secret', async () => {
    const text = await shown({
      KEY: '-----BEGIN KEY-----\nMIIEvQIBADANBg\r\n  kqhkiG9w0BAQ\n{\n-----END KEY-----\n',
    });
    for (const part of ['BEGIN', 'MIIEvQ', 'kqhkiG9', 'END KEY']) expect(text).not.toContain(part);
  });

  it('The log hides a secret that a command writes in pieces', async () => {
    const command = 'printf "got open-sesa"; sleep 0.3; printf me-in-; sleep 0.3; echo pieces so';
    expect(await linesOf(command, 'PIECES', 'open-sesame-in-pieces')).toEqual(['got *** so']);
  });

  it.each([0, 1, 3, 9, 20, 21, 40])(
    'The log hides a secret where a line of 256 KB is cut, %i bytes before',
    async (bytesBefore) => {
      const command = `printf '%0${262_118 - bytesBefore}d' 0; sleep 0.1; printf open-ses; sleep 0.3; printf '%s' ame-at-a-cut; echo "$CUT so"`;
      const lines = await linesOf(command, 'CUT', 'open-sesame-at-a-cut');
      expect(lines.join('').replaceAll('0', '')).toBe('****** so');
    },
  );

  it(
    'The log hides a secret with any characters',
    async () => {
      const special = fc.constantFrom(
        '"',
        "'",
        '\\',
        '$&',
        '$1',
        '.*',
        '[a',
        '(',
        '`id`',
        '$(id)',
        'é',
        '🗝',
        ' ',
        '\t',
        '%s',
        '***',
      );
      const lines = fc.tuple(fc.array(special, { maxLength: 4 }), fc.uuid(), special);
      const secret = fc
        .array(lines, { minLength: 1, maxLength: 3 })
        .map((parts) => parts.map(([before, id, after]) => `${before.join('')}${id}${after}`).join('\n'));
      await holds(
        fc.asyncProperty(secret, secret, async (first, second) => {
          const text = await shown({ FIRST: first, SECOND: second });
          for (const id of `${first}\n${second}`.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []) {
            expect(text).not.toContain(written(id));
          }
          expect(text).toContain('got ***');
        }),
        6,
      );
    },
    CAMPAIGN_MS,
  );
});
