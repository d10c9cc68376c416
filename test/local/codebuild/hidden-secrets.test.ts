import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { SecretReader } from '../../../lib/local/codebuild/build-environment.js';
import { CAMPAIGN_MS, holds } from '../../fuzz/campaign.js';
import { buildspec, openTestCodeBuild, type TestCodeBuild } from './test-codebuild.js';

let test: TestCodeBuild;
let values: Record<string, string> = {};

const secrets: SecretReader = {
  secret: async (reference) => values[reference] ?? '',
  parameter: async (name) => values[name] ?? '',
};

beforeAll(async () => {
  test = await openTestCodeBuild({ secrets });
});
afterAll(() => test.dispose());

/**
 * Returns the log of a build that prints secrets in all forms: as they are, and as the shell expands them without
 * quotes.
 */
async function shown(found: Record<string, string>): Promise<string> {
  values = found;
  const names = Object.keys(found);
  const build = await test.run({
    buildspecOverride: buildspec({
      build: [...names.map((name) => `printf '%s\\n' "got $${name} so"`), 'env', 'cat /none/such'],
    }),
    environmentVariablesOverride: names.map((name, index) => ({
      name,
      value: name,
      type: index % 2 === 0 ? ('SECRETS_MANAGER' as const) : ('PARAMETER_STORE' as const),
    })),
  });
  return JSON.stringify([await test.text(build), build, test.events, test.context.problems]);
}

const written = (text: string) => JSON.stringify(text).slice(1, -1);

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
    values = { PIECES: 'open-sesame-in-pieces' };
    const build = await test.run({
      buildspecOverride: buildspec({
        build: ['printf "got open-sesa"; sleep 0.3; printf me-in-; sleep 0.3; echo pieces so'],
      }),
      environmentVariablesOverride: [{ name: 'PIECES', value: 'PIECES', type: 'SECRETS_MANAGER' }],
    });
    expect(await test.lines(build)).toEqual(['got *** so']);
  });

  it.each([0, 1, 3, 9, 20, 21, 40])(
    'The log hides a secret where a line of 256 KB is cut, %i bytes before',
    async (bytesBefore) => {
      values = { CUT: 'open-sesame-at-a-cut' };
      const build = await test.run({
        buildspecOverride: buildspec({
          build: [
            `printf '%0${262_118 - bytesBefore}d' 0; sleep 0.1; printf open-ses; sleep 0.3; printf '%s' ame-at-a-cut; echo "$CUT so"`,
          ],
        }),
        environmentVariablesOverride: [{ name: 'CUT', value: 'CUT', type: 'SECRETS_MANAGER' }],
      });
      const text = (await test.lines(build)).join('').replaceAll('0', '');
      expect(text).toBe('****** so');
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
