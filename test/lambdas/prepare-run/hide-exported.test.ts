import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { exportDigestCommand } from '../../../lambdas/prepare-run/build-commands.js';
import { own } from '../../../lambdas/prepare-run/own-commands.js';
import { renderBuildspec } from '../../../lambdas/prepare-run/buildspec.js';
import { hideExportedCommands } from '../../../lambdas/prepare-run/hide-exported.js';
import { hiddenTexts, parseJson, withHidden, type BuildOptions } from '../../../lib/contract/index.js';
import { hiddenTexts as hiddenInLogs } from '../../../lib/local/codebuild/hidden-texts.js';

const build: BuildOptions = {
  environment: {
    TOKEN: { type: 'SECRETS_MANAGER', value: 'codeseeder/kit/token' },
    OTHER: { type: 'PARAMETER_STORE', value: '/codeseeder/kit/other' },
    STAGE: { type: 'PLAINTEXT', value: 'dev' },
  },
  exportedVariables: ['OUT'],
};

const PEM = '-----BEGIN KEY-----\nMIIEvQIBADANBg\r\n  kqhkiG9w0BAQ\n{\n-----END KEY-----\n';

/**
 * Each case has a secret, a text that contains the secret or a part of it, and the text that is shown instead.
 */
const CASES: readonly (readonly [about: string, secret: string, text: string, shown: string])[] = [
  ['A secret', 'open-sesame', 'at open-sesame, open-sesame!', 'at ***, ***!'],
  ['A short secret', 'pw', 'the pw', 'the ***'],
  ['A secret of characters that shells and patterns read', '$(id)*[a]\\?"\'`', '<$(id)*[a]\\?"\'`>', '<***>'],
  ['Each line of a secret', PEM, '1 MIIEvQIBADANBg 2 kqhkiG9w0BAQ {', '1 *** 2 *** {'],
  ['A whole secret of several lines', PEM, `<${PEM}>`, '<***>'],
  [
    'Each value of a secret that is JSON',
    '{"user": "administrator", "pin": 12345678, "list": ["first-item", {"deep": "inner \\"quoted\\" a\\/b"}], "on": "yes"}',
    'administrator 12345678 first-item inner "quoted" a/b yes user',
    '*** *** *** *** yes user',
  ],
  ['Each line of a value in JSON', JSON.stringify({ key: 'line one\nline two' }), 'line two', '***'],
  ['A secret that starts like JSON', '{open-sesame', 'open-sesame {open-sesame', 'open-sesame ***'],
  ['An empty secret', '', 'nothing', 'nothing'],
];

const PYTHON = `import json, os, sys
sys.path.insert(0, ${JSON.stringify(path.resolve(import.meta.dirname, '../../../client/runner-python'))})
from codeseeder_runner.hidden_secrets import hidden_texts
text = sys.argv[2]
for hidden in hidden_texts([sys.argv[1]]): text = text.replace(hidden, "***")
sys.stdout.write(text)`;

function inBash(variables: Readonly<Record<string, string>>): string {
  const [command = ''] = hideExportedCommands(build);
  const { stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '--noprofile', '-c', `set -u\n${command}\nprintf '%s' "$OUT"`],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SHLVL: '1', OTHER: '', ...variables },
    },
  );
  return stdout + stderr;
}

describe('Secrets in exported values', () => {
  it.each(CASES)(
    '%s is hidden in the same way by runners, builds and logs',
    (_about, secret, text, shown) => {
      expect(withHidden(text, hiddenTexts([secret]))).toBe(shown);
      expect(withHidden(text, hiddenInLogs([secret]))).toBe(shown);
      expect(spawnSync('python3', ['-c', PYTHON, secret, text], { encoding: 'utf8' }).stdout).toBe(shown);
      expect(inBash({ TOKEN: secret, OUT: text })).toBe(shown);
    },
  );

  it('A secret is hidden whole if another secret is a part of it', () => {
    expect(inBash({ TOKEN: 'open', OTHER: 'open-sesame', OUT: 'open-sesame open' })).toBe('*** ***');
  });

  it('A build fails to hide a read-only variable only after it has exported the digest of its result', () => {
    const { phases } = parseJson(
      renderBuildspec(build, { kind: 'node', target: { module: 'm', exportName: 'f' } }),
      'buildspec',
    ) as { phases: { post_build: { commands: string[] } } };
    const { commands } = phases.post_build;
    const [hide = ''] = hideExportedCommands(build);
    const shell = spawnSync('bash', ['--norc', '--noprofile', '-c', `readonly OUT\n${hide}`], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], TOKEN: 'open-sesame', OUT: 'open-sesame' },
    });

    expect(commands.slice(-2)).toEqual(own(exportDigestCommand, hide));
    expect(shell.status).not.toBe(0);
    expect(shell.stderr).toContain('OUT: readonly variable');
    expect(shell.stderr).not.toContain('open-sesame');
  });

  it('A build without secrets or without exported variables hides nothing', () => {
    expect(hideExportedCommands({ ...build, environment: {} })).toEqual([]);
    expect(hideExportedCommands({ ...build, exportedVariables: [] })).toEqual([]);
  });

  it('A build hides secrets after all other commands, also if one of them failed', () => {
    const text = renderBuildspec(
      { ...build, postBuildCommands: ['false'] },
      { kind: 'commands', target: ['ls'] },
    );

    expect(parseJson(text, 'buildspec')).toMatchObject({
      phases: {
        post_build: { commands: [expect.anything(), 'false'], finally: own(...hideExportedCommands(build)) },
      },
    });
  });
});
