import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { main } from '../../../../client/cli/main.js';
import { shortTable } from '../../../../client/cli/runs/print-runs.js';
import type { RunRecord } from '../../../../lib/contract/index.js';
import { aRecord, dynamoDb, mockRecords, resetAccount } from '../../mocked-account.js';
import { aLiveTerminal, aTerminal, runMain } from '../a-terminal.js';

/** Returns one of four ids that were made in the same second. */
const idOf = (index: number) => `01a2240f-1a5${index}-750c-8a42-c06f81e56f2b`;
const WHEN = { queuedAt: new Date(Date.now() - 7_200_000).toISOString(), durationMs: 754_000 };
const REASONS: Readonly<Record<string, string>> = {
  RemoteError: 'QuotaError: the network has no address left',
  CommandFailed: 'Error while executing command: npm run deploy. Reason: exit status 3',
  BuildTimedOut: 'The build took more than its timeout of 60 minutes.',
};
const failed = (code: string, index: number, more: Partial<RunRecord> = {}) =>
  aRecord({
    runId: idOf(index),
    status: 'FAILED',
    failure: { code, message: REASONS[code] ?? '' },
    ...WHEN,
    ...more,
  });
const RUNS = [
  failed('RemoteError', 1, { kind: 'node', target: 'src/deployments/network.ts#deployNetwork' }),
  failed('CommandFailed', 2, { kind: 'commands', target: 'npm run deploy --workspace network' }),
  failed('BuildTimedOut', 3, {
    status: 'TIMED_OUT',
    published: { name: 'nightly', version: 3 },
    target: 'a.ts#b',
  }),
  failed('RemoteError', 4, { name: 'my name', published: { name: 'nightly', version: 3 } }),
];
const table = (columns: number, runs: readonly RunRecord[] = RUNS) =>
  shortTable(runs, { colour: false, columns });

describe('The table of runs on a terminal', () => {
  it('At 160 columns, the table has the beginning of each failure beside whole ids', () => {
    expect(table(160)[2]).toBe(
      `${idOf(2)}  FAILED CommandFailed: exit status 3: npm run deploy     2h   12m   npm run deploy --workspace network`,
    );
  });

  it('At 120 columns, the table has short ids and the beginning of each failure, and the whole name, published version or target', () => {
    expect(table(120)).toEqual([
      'RUN            STATUS                                                  AGE  TOOK  TARGET',
      '01a2240f-1a51  FAILED QuotaError: the network has no address left      2h   12m   …/deployments/network.ts#deployNetwork',
      '01a2240f-1a52  FAILED CommandFailed: exit status 3: npm run deploy     2h   12m   npm run deploy --workspace network',
      '01a2240f-1a53  TIMED_OUT BuildTimedOut: The build took more than its…  2h   12m   nightly@3',
      '01a2240f-1a54  FAILED QuotaError: the network has no address left      2h   12m   my name',
    ]);
  });

  it('At 110 columns, the table has whole ids and the code of each failure', () => {
    expect(table(110)[2]).toBe(
      `${idOf(2)}  FAILED CommandFailed     2h   12m   npm run deploy --workspace network`,
    );
  });

  it('At 80 columns, the table has short ids, which differ, beside status and failure code', () => {
    expect(table(80)).toEqual([
      'RUN            STATUS                   AGE  TOOK  TARGET',
      '01a2240f-1a51  FAILED RemoteError       2h   12m   …nts/network.ts#deployNetwork',
      '01a2240f-1a52  FAILED CommandFailed     2h   12m   npm run deploy --workspace n…',
      '01a2240f-1a53  TIMED_OUT BuildTimedOut  2h   12m   nightly@3',
      '01a2240f-1a54  FAILED RemoteError       2h   12m   my name',
    ]);
  });

  it('At 60 columns, the table has the status without the failure code, and the end of a function', () => {
    expect(table(60).slice(0, 4)).toEqual([
      'RUN            STATUS     AGE  TOOK  TARGET',
      '01a2240f-1a51  FAILED     2h   12m   …twork.ts#deployNetwork',
      '01a2240f-1a52  FAILED     2h   12m   npm run deploy --works…',
      '01a2240f-1a53  TIMED_OUT  2h   12m   nightly@3',
    ]);
  });

  it('Ids are shortened to eight characters if the failure code then has space', () => {
    const runs = ['01a22401-1a57', '01a22402-1a57'].map((start) =>
      failed('RemoteError', 1, { runId: `${start}-750c-8a42-c06f81e56f2b`, target: 'src/audit.ts#audit' }),
    );
    expect(table(59, runs)[1]).toBe('01a22401  FAILED RemoteError  2h   12m   src/audit.ts#audit');
  });

  it('At 40 columns, the table has each id in a line of its own, whole', () => {
    expect(table(40).slice(0, 4)).toEqual([
      'RUN',
      '  STATUS     AGE  TOOK  TARGET',
      idOf(1),
      '  FAILED     2h   12m   …s#deployNetwork',
    ]);
  });

  it('At 38 columns, runs with short statuses have ids of at least eight characters beside them', () => {
    const runs = [1, 2].map((index) =>
      aRecord({ runId: `01a2240${index}-1a57-750c-8a42-c06f81e56f2b`, target: 'a.ts#f', ...WHEN }),
    );
    expect(table(38, runs)).toEqual([
      'RUN       STATUS  AGE  TOOK  TARGET',
      '01a22401  QUEUED  2h   12m   a.ts#f',
      '01a22402  QUEUED  2h   12m   a.ts#f',
    ]);
  });

  it.each([120, 80, 40, 30])(
    'A long id of a caller fits a line, or has one of its own, at %i columns',
    (columns) => {
      const runId = `${'n'.repeat(54)}-20260301T000000Z-0123abcd`;
      const lines = table(columns, [...RUNS, failed('RemoteError', 5, { runId })]);
      const others = lines.filter((line) => line !== runId);
      expect(Math.max(...others.map(({ length }) => length))).toBeLessThanOrEqual(Math.max(columns, 36));
      expect(lines.length === RUNS.length + 2 || lines.includes(runId)).toBe(true);
    },
  );
});

describe('runs list', () => {
  beforeEach(() => resetAccount());

  const list = async (...flags: string[]) => {
    const terminal = aTerminal({ environment: { NO_COLOR: '1' } });
    Object.assign(terminal.stdout, { isTTY: true, columns: 80 });
    await main(['runs', 'list', '--seedkit', 'demo', '--region', 'eu-west-1', ...flags], terminal);
    return terminal.stdout.text;
  };

  it('An empty list says on a terminal how to start a run, or that the filters match none', async () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    expect(await list()).toBe("No runs. To start one: codeseeder run -- 'echo hello'\n");
    expect(await list('--status', 'FAILED')).toBe('No run matches.\n');
    const { stdout } = await runMain(['runs', 'list', '--seedkit', 'demo', '--region', 'eu-west-1']);
    expect(stdout).toBe('RUN  STATUS  QUEUED  SECONDS  TARGET\n');
  });

  const listOnTerminal = async (runs: readonly RunRecord[], ...flags: string[]) => {
    const items = runs.map((run) => marshall(run, { removeUndefinedValues: true }));
    dynamoDb.reset();
    dynamoDb.on(QueryCommand).resolvesOnce({ Items: items }).resolves({ Items: [] });
    const terminal = aLiveTerminal(80);
    Object.assign(terminal.stdout, { isTTY: true, columns: 80 });
    await main(['runs', 'list', '--seedkit', 'demo', '--region', 'eu-west-1', ...flags], terminal);
    return { stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  };

  it('The next page is offered only if it has a run', async () => {
    // Runs of the same time are listed by their ids, the last one first.
    const queuedAt = new Date(Date.now() - 60_000).toISOString();
    const both = RUNS.slice(0, 2).map((run) => ({ ...run, queuedAt }));
    const first = await listOnTerminal(both, '--limit', '1');
    expect(first.stderr).toBe(
      `The next page:\ncodeseeder runs list --seedkit demo --region eu-west-1 --limit 1 \\\n  --after ${idOf(2)}\n`,
    );
    expect(first.stdout).not.toContain(idOf(1));
    const last = await listOnTerminal(both, '--limit', '2');
    expect(last.stderr).toBe(
      'No more runs in the last 30 days. To look further back:\ncodeseeder runs list --seedkit demo --region eu-west-1 --limit 2 --since 90d\n',
    );
  });

  it('The command to look further back has the filters of the list, quoted for a shell', async () => {
    const { stdout, stderr } = await listOnTerminal(
      [],
      ...['--label', 'team=our data', '-n1', '--status=failed'],
    );

    expect(stdout).toBe('No run matches.\n');
    expect(stderr).toBe(
      "To look further back than 30 days:\ncodeseeder runs list --seedkit demo --region eu-west-1 --label 'team=our data' \\\n  --limit 1 --status failed --since 90d\n",
    );
  });

  it('A page behind the last run says that there are no more runs', async () => {
    mockRecords(RUNS[0]);
    const after = async (...flags: string[]) => {
      const terminal = aLiveTerminal(80);
      Object.assign(terminal.stdout, { isTTY: true, columns: 80 });
      dynamoDb.on(QueryCommand).resolves({ Items: [] });
      await main(
        ['runs', 'list', '-s', 'demo', '--region', 'eu-west-1', '--after', idOf(1), ...flags],
        terminal,
      );
      return terminal.stdout.text + terminal.stderr.text;
    };
    expect(await after()).toBe(
      `No more runs.\nTo look further back than 30 days:\ncodeseeder runs list --seedkit demo --region eu-west-1 \\\n  --after ${idOf(1)} --since 90d\n`,
    );
    expect(await after('--since', '90d')).toBe('No more runs.\n');
  });

  it('Status and trigger are given in any case', async () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    expect(await list('--status', 'failed', '--trigger', 'client')).toBe('No run matches.\n');
    const refused = await runMain(['runs', 'list', '-s', 'demo', '--status', 'fialed']);
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Allowed choices are QUEUED,'),
    });
  });

  it.each([
    [0, '0.0s'],
    [940, '0.9s'],
    [2_840, '2.8s'],
    [9_990, '9s'],
    [12_990, '12s'],
  ])('A run that took %i ms has %s in the table, with tenths below ten seconds', (durationMs, text) => {
    expect(table(80, [failed('RemoteError', 1, { durationMs })])[1]).toMatch(new RegExp(`  2h   ${text}$`));
  });

  it('Without a terminal, a run of a published target has the name of the version', async () => {
    const run = aRecord({ published: { name: 'nightly', version: 3 }, target: 'a.ts#b' });
    const items = [marshall(run, { removeUndefinedValues: true })];
    dynamoDb.on(QueryCommand).resolvesOnce({ Items: items }).resolves({ Items: [] });
    const { stdout } = await runMain(['runs', 'list', '--seedkit', 'demo', '--region', 'eu-west-1']);
    expect(stdout).toMatch(/^run-1 +QUEUED +\S+ +nightly@3$/m);
  });
});
