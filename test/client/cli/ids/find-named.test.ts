import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import type { RunRecord } from '../../../../lib/contract/index.js';
import { aMapRecord } from '../../../contract/builders.js';
import {
  aRecord,
  dynamoDb,
  MACHINE,
  mockStack,
  OUTPUTS,
  resetAccount,
  states,
} from '../../mocked-account.js';
import { runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];
const [OLD, NEW] = ['01a2240f-fa57-750c-8a42-c06f81e56f2b', '01a2240f-fb00-7000-8a42-c06f81e56f2b'];
const OF_MAP = `${OLD}-7`;

const aRun = (runId: string, minutes: number): RunRecord =>
  aRecord({
    runId,
    status: 'SUCCEEDED',
    kind: 'commands',
    target: 'npm test',
    queuedAt: new Date(Date.now() - minutes * 60_000 - 1_000).toISOString(),
  });

/** Mocks runs, the newest first, and maps. The `others` are runs that the list does not reach. */
function mockIds(
  runs: readonly RunRecord[],
  maps: readonly string[] = [],
  others: readonly RunRecord[] = [],
): void {
  const ids = new Map([...runs, ...others].map((run) => [run.runId, run]));
  dynamoDb.on(GetItemCommand).callsFake(async ({ Key }: { Key: { runId: { S: string } } }) => {
    const found = ids.get(Key.runId.S);
    return { Item: found && marshall(found, { removeUndefinedValues: true }) };
  });
  states.on(DescribeExecutionCommand).callsFake(async ({ executionArn }: { executionArn: string }) => {
    if (!ids.has(executionArn.split(':').at(-1) ?? ''))
      throw Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
    return { executionArn, stateMachineArn: MACHINE, status: 'SUCCEEDED', startDate: new Date() };
  });
  const expiresAt = Math.floor(Date.now() / 1_000) + 3_600;
  const items = {
    runs: runs.map((run) => marshall(run, { removeUndefinedValues: true })),
    maps: maps.map((mapId) => marshall(aMapRecord({ mapId, expiresAt }))),
  };
  const read = new Set<string>();
  dynamoDb
    .on(QueryCommand)
    .callsFake(async ({ ExpressionAttributeValues }: { ExpressionAttributeValues: object }) => {
      const kind = JSON.stringify(ExpressionAttributeValues).includes('"map:') ? 'maps' : 'runs';
      const isFirst = !read.has(kind);
      read.add(kind);
      return { Items: isFirst ? items[kind] : [] };
    });
}

beforeEach(() => {
  resetAccount();
  mockStack('CREATE_COMPLETE', {
    ...OUTPUTS,
    MapMachineArn: MACHINE.replace('codeseeder-demo', 'codeseeder-demo_maps'),
  });
});

const cancel = (...named: string[]) => runMain(['runs', 'cancel', ...KIT, ...named]);

describe('Runs named by the start of their id', () => {
  it('The start of one id names its run, which the command says with status, age and target', async () => {
    mockIds([aRun(NEW, 1), aRun(OLD, 2)]);

    expect(await cancel('01a2240f-fa')).toEqual({
      exitCode: 1,
      stdout: `${OLD} had already ended: SUCCEEDED\n`,
      stderr: `01a2240f-fa is the run ${OLD}, SUCCEEDED, 2m ago: npm test\n`,
    });
  });

  it('The start of several ids is an error that lists them, and nothing is canceled, whatever else is named', async () => {
    mockIds([aRun(NEW, 1), aRun(OLD, 2), aRun('other-run', 3)]);
    const { exitCode, stdout, stderr } = await cancel('other-run', '01a2240f');

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(
      [
        'error: "01a2240f" is the start of the ids of 2 runs. Give more of the id:',
        `  ${NEW} SUCCEEDED, 1m ago: npm test`,
        `  ${OLD} SUCCEEDED, 2m ago: npm test`,
        '',
      ].join('\n'),
    );
    expect(states.commandCalls(StopExecutionCommand)).toHaveLength(0);
  });

  it('Of many candidates, the newest ten are listed', async () => {
    mockIds(Array.from({ length: 12 }, (_, index) => aRun(`deploy-${index}`, index)));
    const { stderr } = await runMain(['runs', 'show', ...KIT, 'deploy-']);

    expect(stderr).toContain('  deploy-9 ');
    expect(stderr).not.toContain('  deploy-10 ');
    expect(stderr).toMatch(/^ {2}and 2 more$/m);
  });

  it('An id that exists is not taken for the start of another one', async () => {
    mockIds([aRun('deploy-12', 1), aRun('deploy-1', 2)]);

    expect(await cancel('deploy-1')).toMatchObject({
      stdout: 'deploy-1 had already ended: SUCCEEDED\n',
      stderr: '',
    });
    expect(dynamoDb.commandCalls(QueryCommand)).toHaveLength(0);
  });

  it('One run that is named in two ways is canceled once', async () => {
    mockIds([aRun(NEW, 1)]);

    expect((await cancel('latest', NEW.slice(0, 13), NEW)).stdout).toBe(
      `${NEW} had already ended: SUCCEEDED\n`,
    );
  });

  it('A text of fewer than six characters, and a whole id, are not searched for', async () => {
    mockIds([aRun(NEW, 1)]);
    const short = await cancel('01a22');
    const whole = await cancel(OLD);

    expect(short).toMatchObject({ exitCode: 2, stdout: '' });
    expect(short.stderr).toMatch(/^RunNotFound: .*"01a22".* The start of an id has at least 6 characters\./);
    expect(whole.stderr).toMatch(/^RunNotFound: /);
    expect(dynamoDb.commandCalls(QueryCommand)).toHaveLength(0);
  });

  it('The error for a text that no id begins with says how far the search went', async () => {
    mockIds([aRun(NEW, 1)]);

    expect((await cancel('01a2240e')).stderr).toContain(
      'None of the newest 1,000 runs of the last 30 days has an id that starts so. An older one needs its whole id.',
    );
  });

  it('The start of a map and an index name the run of this input, also if the list of runs does not reach to it', async () => {
    mockIds([aRun(NEW, 1)], [OLD, '01b2240f-fa57-750c-8a42-c06f81e56f2b'], [aRun(OF_MAP, 2)]);

    expect(await cancel('01a2240f-7')).toMatchObject({
      stdout: `${OF_MAP} had already ended: SUCCEEDED\n`,
      stderr: `01a2240f-7 is the run ${OF_MAP}\n`,
    });
  });

  it('`runs again` starts nothing if several runs may be meant', async () => {
    mockIds([aRun(NEW, 1), aRun(OLD, 2)]);

    expect(await runMain(['runs', 'again', ...KIT, '01a2240f'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(states.commandCalls(StartExecutionCommand)).toHaveLength(0);
  });

  it('`runs list` takes the start of an id after --after', async () => {
    mockIds([aRun(NEW, 1), aRun(OLD, 2)]);
    const { stderr } = await runMain(['runs', 'list', ...KIT, '--after', '01a2240f-fb']);

    expect(stderr).toContain(`01a2240f-fb is the run ${NEW}, `);
  });
});

describe('The latest run', () => {
  it('`latest` names the newest run', async () => {
    mockIds([aRun(NEW, 1), aRun(OLD, 2)]);

    expect(await cancel('latest')).toMatchObject({
      stdout: `${NEW} had already ended: SUCCEEDED\n`,
      stderr: `latest is the run ${NEW}, SUCCEEDED, 1m ago: npm test\n`,
    });
  });

  it('A run whose id is `latest` takes precedence, which the command says', async () => {
    mockIds([aRun(NEW, 1), aRun('latest', 2)]);

    expect(await cancel('latest')).toMatchObject({
      stdout: 'latest had already ended: SUCCEEDED\n',
      stderr: 'latest is the id of a run, so it does not name the newest one.\n',
    });
  });

  it('A seedkit without runs has no latest one', async () => {
    mockIds([]);

    expect((await cancel('latest')).stderr).toContain('There is no latest run: the last 30 days have none.');
  });
});

describe('Maps named by the start of their id', () => {
  it('The start of the ids of several maps is an error that lists them', async () => {
    mockIds([], [NEW, OLD]);
    const { exitCode, stderr } = await runMain(['maps', 'again', ...KIT, '01a2240f']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('"01a2240f" is the start of the ids of 2 maps. Give more of the id:');
    expect(stderr).toMatch(new RegExp(`^  ${NEW} RUNNING, .*: \\./check\\.sh$`, 'm'));
    expect(states.commandCalls(StartExecutionCommand)).toHaveLength(0);
  });

  it('`runs list --map` takes the start of an id and lists the runs of this map', async () => {
    mockIds([], [NEW, OLD]);
    const { stderr } = await runMain(['runs', 'list', ...KIT, '--map', '01a2240f-fa']);

    expect(stderr).toContain(`01a2240f-fa is the map ${OLD}, RUNNING, `);
    expect(JSON.stringify(dynamoDb.commandCalls(QueryCommand).map(({ args }) => args[0].input))).toContain(
      `map#${OLD}`,
    );
  });

  it('The error for a text that no id of a map begins with says how far the search went', async () => {
    mockIds([], [NEW]);

    expect((await runMain(['maps', 'show', ...KIT, '01a2240e'])).stderr).toContain(
      'None of the newest 1,000 maps of the last 30 days has an id that starts so.',
    );
  });
});
