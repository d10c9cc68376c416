import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { BatchGetBuildsCommand, type Build, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { type Run, RunFailedError, type RunRecord, seedkit, type Seedkit } from '../../client/index.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

let place: SharedSeedkit;
let kit: Seedkit;

beforeAll(async () => {
  place = await sharedSeedkit();
  kit = seedkit(place.name);
});

/**
 * Returns commands that append a line with the fencing number to a file when they begin and when they end. They end
 * when there is a second file, whose name ends in `.go`.
 */
function noting(file: string, name: string): string[] {
  const note = (what: string) => `echo "${what} ${name} $CODESEEDER_LOCK_TOKEN" >> ${file}`;
  return [note('begin'), `until [ -e ${file}.go ]; do sleep 0.1; done`, note('end')];
}

async function until(run: Run<unknown>, isSo: (record: RunRecord) => boolean): Promise<RunRecord> {
  for (;;) {
    const record = await run.record();
    if (record !== undefined && isSo(record)) return record;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isHeld = ({ lockToken }: RunRecord) => lockToken !== undefined;
const isWaiting = ({ queuedReason }: RunRecord) => queuedReason !== undefined;

async function buildOf(run: Run<unknown>): Promise<Build> {
  const { buildId = '' } = (await run.record()) ?? {};
  const { builds } = await new CodeBuildClient({}).send(new BatchGetBuildsCommand({ ids: [buildId] }));
  return builds?.[0] ?? {};
}

async function failureOf(run: Run<unknown>): Promise<RunFailedError> {
  const error: unknown = await run.outcome().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunFailedError);
  return error as RunFailedError;
}

describe('A lock', () => {
  it('Runs with one lock build one at a time, in the order of their queueing, with growing fencing numbers', async () => {
    const file = path.join(place.seenByBuilds, 'one-at-a-time');
    const submit = (name: string) => kit.submitCommands(noting(file, name), { lock: 'one-at-a-time' });
    const first = await submit('first');
    await until(first, isHeld);
    const second = await submit('second');
    const waiting = await until(second, isWaiting);
    const third = await submit('third');
    const last = await until(third, isWaiting);
    await writeFile(`${file}.go`, '');
    await Promise.all([first, second, third].map((run) => run.outcome()));

    expect(waiting.queuedReason).toBe(
      `Waits for the lock one-at-a-time until the run ${first.id} has ended.`,
    );
    expect(last.queuedReason).toBe(`Waits for the lock one-at-a-time until the run ${second.id} has ended.`);
    const records = await Promise.all([first, second, third].map((run) => run.record()));
    const tokens = records.map((record) => record?.lockToken ?? 0);
    expect(tokens).toEqual([...tokens].sort((left, right) => left - right));
    expect(new Set(tokens).size).toBe(3);
    expect((await readFile(file, 'utf8')).trim().split('\n')).toEqual(
      ['first', 'second', 'third'].flatMap((name, index) => [
        `begin ${name} ${tokens[index]}`,
        `end ${name} ${tokens[index]}`,
      ]),
    );
    expect(records.map((record) => record?.queuedReason)).toEqual([undefined, undefined, undefined]);
  });

  it('A canceled run keeps its lock until its build has ended', async () => {
    const first = await kit.submitCommands(['sleep 600'], { lock: 'canceled' });
    await until(first, ({ phase }) => phase === 'BUILD');
    const second = await kit.submitCommands(['true'], { lock: 'canceled' });
    await until(second, isWaiting);
    await first.cancel('make room');
    await second.outcome();

    const [before, after] = [await buildOf(first), await buildOf(second)];
    expect(before.buildStatus).toBe('STOPPED');
    expect(after.startTime?.getTime()).toBeGreaterThanOrEqual(before.endTime?.getTime() ?? Infinity);
  });

  it('Of runs with the same lock, `refuse` fails at once, `replace` cancels the runs that wait, and a canceled run leaves the queue', async () => {
    const lock = 'modes';
    const holder = await kit.submitCommands(['sleep 600'], { lock });
    await until(holder, isHeld);
    const canceled = await kit.submitCommands(['true'], { lock });
    await until(canceled, isWaiting);
    const waiting = await kit.submitCommands(['true'], { lock });
    await until(waiting, isWaiting);
    await canceled.cancel('not needed');
    await until(waiting, ({ queuedReason }) => queuedReason?.includes(holder.id) === true);
    const refused = await failureOf(await kit.submitCommands(['true'], { lock, lockMode: 'refuse' }));
    const replacing = await kit.submitCommands(['true'], { lock, lockMode: 'replace' });
    const replaced = await failureOf(waiting);
    await holder.cancel('make room');
    await replacing.outcome();

    expect(refused).toMatchObject({ code: 'LockHeld', record: { status: 'FAILED' } });
    expect(refused.message).toContain(`The lock modes is held by the run ${holder.id}`);
    expect(replaced).toMatchObject({ code: 'LockReplaced', record: { status: 'CANCELED' } });
    expect(replaced.message).toContain(`The run ${replacing.id} took the place of this run`);
  });
});
