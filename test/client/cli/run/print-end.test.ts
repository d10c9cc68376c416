import { describe, expect, it } from '@jest/globals';

import { loggedLinesOf } from '../../../../client/cli/run/describe-failure.js';
import { printEnd, type EndOptions, type RunEnd } from '../../../../client/cli/run/print-end.js';
import { RemoteError, RunFailedError } from '../../../../client/errors.js';
import type { RunFailure, RunRecord } from '../../../../lib/contract/index.js';
import { renderForLog } from '../../../../client/runner/describe-error.js';
import { aLiveTerminal, aTerminal } from '../a-terminal.js';

const ARN = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-kit:run-1';
const URL = 'https://eu-central-1.console.aws.amazon.com/run-1';
const RECORD: RunRecord = {
  runId: 'run-1',
  status: 'SUCCEEDED',
  seedkit: 'kit',
  executionArn: ARN,
  queuedAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:01.000Z',
  finishedAt: '2026-01-01T00:01:05.000Z',
  durationMs: 65_000,
  computeType: 'BUILD_GENERAL1_SMALL',
  environmentType: 'LINUX_CONTAINER',
  trigger: 'CLIENT',
  day: '2026-01-01',
  expiresAt: 1_800_000_000,
};
const REMOTE = {
  name: 'NetworkError',
  message: 'cannot deploy',
  stack: 'NetworkError: cannot deploy\n    at deploy (src/a.ts:1:1)\n    at .codeseeder/runner.mjs:12:3196',
  source: { file: 'src/a.ts', line: 1, column: 1, firstLine: 1, lines: ['deploy();'] },
  cause: { name: 'TypeError', message: 'no stage', stack: 'TypeError: no stage\n    at src/b.ts:2:2' },
};

function succeeded(value: unknown): RunEnd {
  const { runId } = RECORD;
  const outcome = {
    runId,
    status: 'SUCCEEDED',
    value,
    exportedVariables: { OUT: 'x' },
    record: RECORD,
  } as const;
  return { record: RECORD, outcome, consoleUrl: URL };
}

function failed(failure: RunFailure, status: RunRecord['status'] = 'FAILED'): RunEnd {
  const record = { ...RECORD, buildId: 'codeseeder-kit:1', status, failure };
  const { remote } = failure;
  const error = remote === undefined ? new RunFailedError(record, URL) : new RemoteError(remote, record, URL);
  return { record, error, consoleUrl: URL };
}

const COMMAND_FAILED = failed({ code: 'CommandFailed', message: 'A command failed.', phase: 'BUILD' });

function printed(
  end: RunEnd,
  options: Partial<EndOptions> = {},
  environment = {},
  workingFolder = '/project',
) {
  const terminal = aTerminal({ environment, workingFolder });
  const exitCode = printEnd(end, options, terminal);
  return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text.split('\n') };
}

describe('`printEnd()`', () => {
  it('A run whose parameter does not exist has the command that creates it after its error', () => {
    const { stderr } = printed(
      failed({ code: 'BuildFailed', message: 'The build failed: parameter does not exist: /a' }),
    );
    expect(stderr[1]).toContain('aws ssm put-parameter --name /a ');
  });

  it('The value is on standard output, and one line with result, duration, costs and link on standard error', () => {
    expect(printed(succeeded({ a: 1 }))).toEqual({
      exitCode: 0,
      stdout: '{\n  "a": 1\n}\n',
      stderr: ['exported OUT=x', `SUCCEEDED in 1 min 5 s, about 0.01 USD, ${URL}`, ''],
    });
  });

  it('A failed run has its error, the closing line and the next commands, with the seedkit if none is set', () => {
    const { stderr, ...end } = printed(COMMAND_FAILED);

    expect(end).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toEqual([
      'CommandFailed: A command failed.',
      `FAILED in 1 min 5 s, about 0.01 USD, ${URL}`,
      '  codeseeder runs show run-1 --seedkit kit            # its arguments, times and costs',
      '  codeseeder runs logs run-1 --verbose --seedkit kit  # its whole log',
      '  codeseeder runs again run-1 --seedkit kit           # the same run once more',
      '',
    ]);
    const named = printed(COMMAND_FAILED, {}, { CODESEEDER_SEEDKIT: 'kit' });
    expect(named.stderr.at(-2)).toBe('  codeseeder runs again run-1           # the same run once more');
  });

  it('The next commands repeat the flags that select the seedkit', () => {
    const selecting = { region: 'eu-west-1', profile: 'my profile', environment: 'prod', seedkit: 'kit' };
    const { stderr } = printed(COMMAND_FAILED, { selecting });

    expect(stderr.filter((line) => line.includes('runs again'))).toEqual([
      "  codeseeder runs again run-1 --environment prod --profile 'my profile' --region eu-west-1           # the same run once more",
    ]);
  });

  it('A run that was refused before it had a build has no command for its log, and none to repeat it', () => {
    const end = failed({ code: 'NotAllowed', message: 'The seedkit does not allow it.' });
    const { stderr } = printed({ ...end, record: { ...end.record, buildId: undefined } });

    expect(stderr.slice(2)).toEqual([
      '  codeseeder runs show run-1 --seedkit kit  # its arguments, times and costs',
      '',
    ]);
  });

  it('A command of `run` that fails without a file of the folder has what to add before the closing line', () => {
    const { stderr } = printed(COMMAND_FAILED, { command: 'ls package.json' }, {}, process.cwd());

    expect(stderr[1]).toContain(
      'such as package.json. To include them, add --dir: codeseeder run --dir . -- ls',
    );
    expect(stderr[2]).toMatch(/^FAILED in/);
  });

  it('A hint about the words of the command replaces that about files, and is left out for another failure', () => {
    const options = {
      command: 'ls package.json',
      adviceOnFailure: { CommandFailed: 'Options go before --.' },
    };
    const { stderr } = printed(COMMAND_FAILED, options, {}, process.cwd());

    expect(stderr[1]).toBe('Options go before --.');
    expect(stderr[2]).toMatch(/^FAILED in/);
    const timedOut = failed({ code: 'BuildTimedOut', message: 'The build timed out.' });
    expect(printed(timedOut, options).stderr[1]).toMatch(/^FAILED in/);
    const byMessage = {
      adviceOnFailure: { CommandFailed: ({ message }: { message: string }) => `Hint: ${message}` },
    };
    expect(printed(COMMAND_FAILED, byMessage).stderr[1]).toMatch(/^Hint: ./);
  });

  it('On a narrow terminal, a failure and what to add are broken between words, and name the program as users call it', () => {
    const message =
      'The build was over the limit of 5 minutes. To change it: codeseeder run --timeout 9 -- ls';
    const end = failed({ code: 'CommandFailed', message });
    const terminal = { ...aLiveTerminal(40), program: 'npx codeseeder', workingFolder: process.cwd() };
    printEnd(end, { command: 'ls package.json' }, terminal);

    expect(terminal.stderr.text.split('\n').slice(0, 13)).toEqual([
      '',
      'CommandFailed: The build was over the',
      'limit of 5 minutes. To change it:',
      'npx codeseeder run --timeout 9 -- ls',
      '',
      'The build has no files of this folder,',
      'such as package.json. To include them,',
      'add --dir:',
      'npx codeseeder run --dir . -- ls \\',
      '  package.json',
      expect.stringMatching(/FAILED in/),
      URL,
      'npx codeseeder runs show run-1 \\',
    ]);
  });

  it("The error of a target is printed with its causes and without the runner's frames", () => {
    const end = failed({ code: 'RemoteError', message: 'cannot deploy', remote: REMOTE });
    const { stderr } = printed(end);

    expect(stderr.slice(0, 7)).toEqual([
      'NetworkError: cannot deploy',
      '    at deploy (src/a.ts:1:1)',
      'Caused by: TypeError: no stage',
      '    at src/b.ts:2:2',
      '',
      '> 1 | deploy();',
      '    | ^',
    ]);
  });

  it('The lines that the runner logs for an error are known, so that the log need not show them', () => {
    const end = failed({ code: 'RemoteError', message: 'cannot deploy', remote: REMOTE });
    if (!('error' in end)) throw new Error('The run has no error.');

    expect([...loggedLinesOf(end.error)]).toEqual(renderForLog(REMOTE).split('\n'));
  });

  it('A failure that the runner found is printed once, with its code once, and wrapped', () => {
    const message = 'There is no Python module app. Include it as a local module, or install it.';
    const remote = { name: 'TargetNotFound', message, code: 'TargetNotFound' };
    const record = {
      ...RECORD,
      status: 'FAILED',
      failure: { code: 'TargetNotFound', message: `TargetNotFound: ${message}`, remote },
    } as const;
    const error = new RunFailedError(record, URL);
    const terminal = aLiveTerminal(50);
    printEnd({ record, error, consoleUrl: URL }, { quiet: true, json: true }, terminal);

    expect([...loggedLinesOf(error)]).toEqual([`TargetNotFound: ${message}`]);
    expect(terminal.stderr.text.split('\n')).toEqual([
      '',
      'TargetNotFound: There is no Python module app.',
      'Include it as a local module, or install it.',
      '',
      '',
    ]);
  });

  it('The link of the last line has its own line on a terminal that would break it', () => {
    const linesOf = (columns: number) => {
      const terminal = aLiveTerminal(columns, { NO_COLOR: '1' });
      printEnd(succeeded(null), {}, terminal);
      return terminal.stderr.text.split('\n').slice(1);
    };

    expect(linesOf(60)).toEqual(['✓ SUCCEEDED in 1 min 5 s · about 0.01 USD', URL, '']);
    expect(linesOf(100)).toEqual([`✓ SUCCEEDED in 1 min 5 s · about 0.01 USD · ${URL}`, '']);
  });

  it('A link that the terminal has shown at the start is not repeated in the last line', () => {
    expect(printed(succeeded(null), { isLinkShown: true }).stderr.at(-2)).toBe(
      'SUCCEEDED in 1 min 5 s, about 0.01 USD',
    );
  });

  it('A failed command has its exit status first, and `--verbose` and `--json` have the whole message', () => {
    const message =
      'A command failed in the phase BUILD: COMMAND_EXECUTION_ERROR: Error while executing command: npm test. Reason: exit status 3';
    const end = failed({ code: 'CommandFailed', message, phase: 'BUILD' });

    expect(printed(end).stderr[0]).toBe('CommandFailed: exit status 3: npm test');
    expect(printed(end, { verbose: true }).stderr[0]).toBe(`CommandFailed: ${message}`);
    expect(JSON.parse(printed(end, { json: true }).stdout)).toMatchObject({
      exitCode: 3,
      failure: { message },
    });
    expect(JSON.parse(printed(end, { ndjson: true }).stdout)).toMatchObject({ type: 'result', exitCode: 3 });
  });

  it('`--quiet` prints the value only, and the error of a failed run with the command that prints its log', () => {
    expect(printed(succeeded('a'), { quiet: true })).toEqual({
      exitCode: 0,
      stdout: '"a"\n',
      stderr: [''],
    });
    expect(printed(COMMAND_FAILED, { quiet: true })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: ['CommandFailed: A command failed.', 'Its log: codeseeder runs logs run-1 --seedkit kit', ''],
    });
  });

  it('`--ndjson` prints the result of `--json` as its last line', () => {
    const report = { warnings: [], leftOut: [] };
    const { stdout, stderr } = printed(succeeded(1), { ndjson: true, report });
    const json = printed(succeeded(1), { json: true, report });

    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(JSON.parse(stdout)).toEqual({ time, type: 'result', ...JSON.parse(json.stdout) });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toEqual(['']);
    const ofFailed = printed(COMMAND_FAILED, { ndjson: true });
    expect(JSON.parse(ofFailed.stdout)).toMatchObject({ type: 'result', status: 'FAILED' });
    expect(ofFailed.stderr).toEqual(['CommandFailed: A command failed.', '']);
  });

  it('A run that the user of this command canceled has no error', () => {
    const end = failed({ code: 'RunCanceled', message: 'The run was canceled.' }, 'CANCELED');
    const { stderr } = printed(end, { isCanceledHere: true });

    expect(stderr[0]).toBe(`CANCELED in 1 min 5 s, about 0.01 USD, ${URL}`);
  });
});
