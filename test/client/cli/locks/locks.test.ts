import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  BatchGetItemCommand,
  GetItemCommand,
  ResourceNotFoundException,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { main } from '../../../../client/cli/main.js';
import type { RunRecord } from '../../../../lib/contract/index.js';
import { aRecord, dynamoDb, resetAccount, states } from '../../mocked-account.js';
import { aTerminal, runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];
const LOCKS = 'codeseeder-demo-locks';
const AT = '2026-03-01T10:00:00.000Z';
const HELD = { lock: 'dev', fence: 7, holder: { runId: 'r-1', grantedAt: AT }, waiting: ['r-2'] };
const HANDED_OVER = { ...HELD, fence: 8, holder: { runId: 'r-2', grantedAt: AT }, waiting: [] };

const codebuild = mockClient(CodeBuildClient);

/** Mocks a lock, the run that holds it, and the run that waits for it. */
function mockLock(lock: object | undefined, holder: Partial<RunRecord> = {}): void {
  const record = aRecord({ runId: 'r-1', status: 'BUILDING', buildId: 'p:1', ...holder });
  const waiting = { ...aRecord({ runId: 'r-2', status: 'QUEUED' }), taskToken: 'token-2' };
  const items = [record, waiting].map((item) => marshall(item, { removeUndefinedValues: true }));
  dynamoDb.on(ScanCommand).resolves({ Items: lock === undefined ? [] : [marshall(lock)] });
  dynamoDb.on(GetItemCommand).callsFake(({ Key }: { Key: { runId: { S: string } } }) => ({
    Item: items.find(({ runId }) => runId?.S === Key.runId.S),
  }));
  let reads = 0;
  dynamoDb.on(GetItemCommand, { TableName: LOCKS }).callsFake(() => {
    reads += 1;
    // From the second read on, the lock has no holder, as after its release.
    return {
      Item:
        lock && marshall(reads < 2 ? lock : { ...lock, holder: undefined }, { removeUndefinedValues: true }),
    };
  });
  dynamoDb.on(BatchGetItemCommand).resolves({ Responses: { 'codeseeder-demo-runs': items } });
}

const writes = () => dynamoDb.commandCalls(UpdateItemCommand).map((call) => call.args[0].input);

beforeEach(() => {
  resetAccount();
  codebuild.reset();
  codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: false }] });
  states.on(SendTaskSuccessCommand).resolves({});
  dynamoDb.on(UpdateItemCommand).resolves({ Attributes: marshall(HANDED_OVER) });
});

describe('locks list and show', () => {
  it('`locks list` prints who holds each lock and how many runs wait', async () => {
    mockLock(HELD);
    const { stdout, exitCode } = await runMain(['locks', 'list', ...KIT]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^LOCK +HELD BY +STATUS +WAITING\ndev +r-1 +BUILDING +1\n$/);
  });

  it('`locks show` on a narrow terminal has a value that is too long for its line below its name', async () => {
    mockLock(HELD);
    const terminal = aTerminal({ environment: { NO_COLOR: '1' } });
    Object.assign(terminal.stdout, { isTTY: true, columns: 30 });

    expect(await main(['locks', 'show', 'dev', ...KIT], terminal)).toBe(0);
    expect(terminal.stdout.text).toMatch(/^since\n {2}\d{4}-.*Z$/m);
  });

  it('`locks show` prints holder, number and queue, and as JSON the whole lock', async () => {
    mockLock(HELD);
    const { stdout } = await runMain(['locks', 'show', 'dev', ...KIT]);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ['held by', 'r-1'],
        ['status', 'BUILDING'],
        ['build', 'p:1'],
        ['token', '7'],
        ['waiting 1', 'r-2'],
      ]),
    );

    mockLock(HELD);
    const json = await runMain(['locks', 'show', 'dev', '--json', ...KIT]);
    expect(JSON.parse(json.stdout)).toEqual({
      name: 'dev',
      token: 7,
      holder: { runId: 'r-1', grantedAt: AT, status: 'BUILDING', buildId: 'p:1' },
      waiting: ['r-2'],
    });
  });

  it.each(['-dev', 'a b', '', 'x'.repeat(65), 'a#b', 'é'])(
    'The name %j of a lock is refused',
    async (name) => {
      const { stderr, exitCode } = await runMain(['locks', 'show', ...KIT, '--', name]);
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(/lock's name has 1 to 64|InvalidRequest|required argument|unknown/);
    },
  );

  it('A seedkit of an earlier version, which has no table of locks, is to be deployed again', async () => {
    dynamoDb.on(ScanCommand).rejects(new ResourceNotFoundException({ message: 'no table', $metadata: {} }));
    const { stderr } = await runMain(['locks', 'list', ...KIT]);
    expect(stderr).toContain('an earlier version deployed it. Deploy it again.');
  });
});

describe('locks release', () => {
  it('`locks release` takes the lock from a run that has ended and tells the next', async () => {
    mockLock(HELD, { status: 'CANCELED' });
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: true }] });
    const { stdout, exitCode } = await runMain(['locks', 'release', 'dev', '--yes', ...KIT]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('r-2');
    expect(writes()[0]).toMatchObject({
      TableName: LOCKS,
      ConditionExpression: '#holder.#runId = :runId AND #fence = :fence',
      ExpressionAttributeValues: { ':runId': { S: 'r-1' }, ':fence': { N: '7' } },
    });
    expect(states.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toMatchObject({
      taskToken: 'token-2',
    });
  });

  it.each([
    ['goes on', { status: 'BUILDING' }, 'The build p:1 of the run r-1 (BUILDING)'],
    ['goes on after its run has ended', { status: 'CANCELED' }, 'The build p:1 of the run r-1 (CANCELED)'],
  ] as const)(
    '`locks release` refuses while the build %s, unless it is forced',
    async (_, holder, message) => {
      mockLock(HELD, holder);
      const refused = await runMain(['locks', 'release', 'dev', '--yes', ...KIT]);
      expect(refused.stderr).toContain(message);
      expect(refused.exitCode).not.toBe(0);
      expect(writes()).toEqual([]);

      mockLock(HELD, holder);
      expect((await runMain(['locks', 'release', 'dev', '--yes', '--force', ...KIT])).exitCode).toBe(0);
      expect(writes()).not.toEqual([]);
    },
  );

  it.each([[['--yes']], [['--yes', '--force']]])(
    '`locks release` with %j refuses to release the lock of a run without a build, and recommends to cancel the run',
    async (flags) => {
      mockLock(HELD, { status: 'QUEUED', buildId: undefined });
      const { stderr } = await runMain(['locks', 'release', 'dev', ...flags, ...KIT]);
      expect(stderr).toContain('has no build yet. Cancel the run');
      expect(writes()).toEqual([]);
    },
  );

  it('`locks release` without a terminal and --yes names the holder and releases nothing', async () => {
    mockLock(HELD);
    const { stderr } = await runMain(['locks', 'release', 'dev', ...KIT]);
    expect(stderr).toContain('The run r-1 (BUILDING) holds the lock dev.');
    expect(writes()).toEqual([]);
  });

  it('`locks release` of a lock that nobody holds says so', async () => {
    mockLock(undefined);
    const { stderr } = await runMain(['locks', 'release', 'dev', '--yes', ...KIT]);
    expect(stderr).toContain('No run of the seedkit demo holds the lock dev.');
  });
});
