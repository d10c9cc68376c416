import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, expect, it } from '@jest/globals';

import { main } from '../../../../client/cli/main.js';
import type { RunRecord } from '../../../../lib/contract/index.js';
import { TARGET_ERROR_LINE } from '../../../../lib/contract/build-log.js';
import { aRecord, logs, mockExecution, mockRecords, resetAccount } from '../../mocked-account.js';
import { aTerminal, runMain } from '../a-terminal.js';

const HEAD = '[Container] 2026/11/30 05:00:0';
const LOG = [
  `${HEAD}1.000000 Entering phase BUILD`,
  `${HEAD}1.000000 Running command node .codeseeder/runner.mjs # codeseeder`,
  `${HEAD}1.000000 Running command npm test`,
  'tested 3 files',
  TARGET_ERROR_LINE,
  'Error: no zone',
  `${HEAD}3.000000 Phase complete: BUILD State: SUCCEEDED`,
  `${HEAD}3.000000 Phase context status code:  Message:`,
];
const ARGS = ['runs', 'logs', '--seedkit', 'demo', '--region', 'eu-west-1', 'run-1'];

function mockLog(lines: readonly string[], more: Partial<RunRecord> = {}): void {
  mockRecords(aRecord({ status: 'SUCCEEDED', buildId: 'b:1', logGroup: 'g', logStream: 's', ...more }));
  const events = lines.map((message) => ({ timestamp: 1, message: `${message}\n` }));
  logs.on(GetLogEventsCommand).resolves({ events: [], nextForwardToken: 'end' });
  logs.on(GetLogEventsCommand, { nextToken: undefined }).resolves({ events, nextForwardToken: 'end' });
}

async function onTerminal(...flags: string[]) {
  const terminal = aTerminal({ environment: { NO_COLOR: '1' } });
  for (const stream of [terminal.stdout, terminal.stderr])
    Object.assign(stream, { isTTY: true, columns: 80 });
  await main([...ARGS, ...flags], terminal);
  return { stdout: terminal.stdout.text.split('\n'), stderr: terminal.stderr.text };
}

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'SUCCEEDED' });
});

it("`runs logs` on a terminal folds CodeBuild's lines into phases, and keeps those of the user and the error", async () => {
  mockLog(LOG);
  expect(await onTerminal()).toEqual({
    stdout: ['tested 3 files', 'phase BUILD: 2.0 s', 'Error: no zone', ''],
    stderr: '',
  });
});

it('`runs logs --verbose` on a terminal prints all lines', async () => {
  mockLog(LOG);
  expect((await onTerminal('--verbose')).stdout).toEqual([...LOG, '']);
});

it('`runs logs` without a terminal prints all lines as the build wrote them', async () => {
  mockLog([...LOG, '\u001b[2Jraw']);
  const { stdout } = await runMain(ARGS);
  expect(stdout.split('\n')).toEqual([...LOG, '\u001b[2Jraw', '']);
});

it('`runs logs` on a terminal shows the folded lines of a phase in which the run failed', async () => {
  mockLog(
    [
      `${HEAD}1.000000 Entering phase INSTALL`,
      `${HEAD}1.000000 Running command pip install x # codeseeder`,
      'no x',
    ],
    { status: 'FAILED', failure: { code: 'BuildFailed', message: 'no' } },
  );
  expect((await onTerminal()).stdout).toContain('no x');
});

it('`runs logs` on a terminal says that a run goes on, and how to follow it', async () => {
  mockLog(LOG.slice(0, 3), { status: 'BUILDING' });
  const { stderr } = await onTerminal();
  expect(stderr).toBe('The run is BUILDING in the phase BUILD. Add --follow to wait for further lines.\n');
});

it('`runs logs` of a run that was refused before it had a build says that there is no log', async () => {
  mockLog([], { status: 'FAILED', buildId: undefined, logGroup: undefined, logStream: undefined });
  expect(await runMain(ARGS)).toMatchObject({
    exitCode: 0,
    stdout: '',
    stderr: 'The run ended before it had a build, so there is no log.\n',
  });
});
