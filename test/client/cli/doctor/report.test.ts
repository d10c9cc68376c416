import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';

import { clockCheck } from '../../../../client/cli/doctor/account.js';
import { subject, within } from '../../../../client/cli/doctor/check.js';
import { linesOf } from '../../../../client/cli/doctor/print-report.js';
import { toolChecks } from '../../../../client/cli/doctor/tool-checks.js';

const check = subject('quota-builds', 'Quota of builds').warning(
  'one build at a time in this account and region: other runs wait',
  'Request an increase: https://console.aws.amazon.com/servicequotas/home/services/codebuild/quotas',
);

describe('The list of checks', () => {
  it('Without a terminal, a check is one line and its remedy another', () => {
    expect(linesOf(check, Infinity, false)).toEqual([
      'warning  Quota of builds: one build at a time in this account and region: other runs wait',
      '         Fix: Request an increase: https://console.aws.amazon.com/servicequotas/home/services/codebuild/quotas',
    ]);
  });

  it('What is unknown has a way to find out, and no fix', () => {
    const unknown = subject('submit-rights', 'Rights').unknown(
      'not known',
      'Run something: codeseeder run -- true',
    );

    expect(linesOf(unknown, 80, false)[1]).toBe(
      '         To find out: Run something: codeseeder run -- true',
    );
  });

  it.each([80, 40])('At %i columns, only a URL is longer than the terminal is wide', (width) => {
    const lines = linesOf(check, width, false);

    expect(lines.filter((line) => line.length > width && !line.includes('https://'))).toEqual([]);
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('region: other runs wait Fix: Request');
  });

  it('At 40 columns, a path as wide as the terminal stays in one piece, and a longer command is broken between words', () => {
    const path = `/${'x'.repeat(39)}`;
    const fix =
      'Sign in, such as with `aws sso login`. To use a local AWS: eval "$(codeseeder local up demo --detach)"';
    const lines = linesOf(subject('config', 'Config').problem(path, fix), 40, false);

    expect(lines).toEqual([
      'problem  Config:',
      path,
      '  Fix: Sign in, such as with',
      '  `aws sso login`. To use a local AWS:',
      '  eval "$(codeseeder local up demo \\',
      '    --detach)"',
    ]);
  });

  it('A path with spaces stays in one piece, and the sentence after a command is broken', () => {
    const detail = 'the config `/home/me/my project/codeseeder.config.json`, environment local';
    const fix = 'codeseeder deploy seedkit demo --region eu-west-1. `codeseeder upgrade` shows what changes.';

    expect(linesOf(subject('config', 'Config').warning(detail, fix), 60, false)).toEqual([
      'warning  Config: the config',
      '         `/home/me/my project/codeseeder.config.json`,',
      '         environment local',
      '         Fix:',
      '         codeseeder deploy seedkit demo --region eu-west-1.',
      '         `codeseeder upgrade` shows what changes.',
    ]);
  });

  it('Characters that act on the terminal are escaped, and passwords in URLs left out', () => {
    expect(subject('a', 'A').ok('\u001b[2J http://me:secret@host/').detail).toBe('\\u001b[2J http://host/');
  });
});

describe('The checks of tools', () => {
  const versions = async (command: string) => (command === 'python3' ? 'Python 3.12.1\n' : '10.9.0\n');
  const missing = async () => Promise.reject(Object.assign(new Error('spawn'), { code: 'ENOENT' }));

  it('Programs are listed with their versions', async () => {
    expect(
      (await toolChecks('22.1.0', versions)).map(({ id, status, detail }) => [id, status, detail]),
    ).toEqual([
      ['node', 'ok', '22.1.0'],
      ['npm', 'ok', '10.9.0'],
      ['python3', 'ok', '3.12.1'],
      ['git', 'ok', '10.9.0'],
    ]);
  });

  it('A program that is missing is a warning with the effect', async () => {
    const [, , python] = await toolChecks('22.1.0', missing);

    expect(python).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/^not found: `deploy modules`/),
    });
  });

  it.each(['18.20.0', '20.18.1'])('Node.js %s is a problem', async (version) => {
    expect((await toolChecks(version, versions))[0]).toMatchObject({ status: 'problem' });
  });
});

describe('The check of the clock', () => {
  it.each([
    [20_000, 'ok', 'agrees'],
    [-90_000, 'warning', '90 seconds ahead of'],
    [400_000, 'problem', '400 seconds behind'],
  ])('A difference of %i ms is %s', (aheadMs, status, detail) => {
    expect(clockCheck(aheadMs)).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });
});

describe('The time limit of a check', () => {
  it('A check that does not end fails, and its requests are aborted', async () => {
    let signal: AbortSignal | undefined;
    const endless = within(20, (given) => {
      signal = given;
      return new Promise<never>(() => undefined);
    });

    await expect(endless).rejects.toThrow('no answer within 0.02 seconds');
    expect(signal?.aborted).toBe(true);
  });

  it('A check that ends in time has its value', async () => {
    expect(await within(60_000, () => sleep(1, 'value'))).toBe('value');
  });
});
