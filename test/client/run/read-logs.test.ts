import { GetLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { executionArnOf } from '../../../lib/contract/index.js';
import {
  aRecord,
  AWS,
  logs,
  MACHINE,
  resetAccount,
  standExecution,
  standRecords,
} from '../mocked-account.js';
import { resetSleep, sleptMs } from './simulated-sleep.js';

// Loaded after its clock was replaced.
const { connect } = await import('../../../client/connection/connection.js');
const { createRun } = await import('../../../client/run/run-handle.js');

const PLACE = { logGroup: '/aws/codebuild/codeseeder-demo', logStream: 'build-1' };
const running = aRecord({ status: 'BUILDING', ...PLACE });
const over = aRecord({ status: 'SUCCEEDED', ...PLACE });

const aRun = () => createRun('run-1', executionArnOf(MACHINE, 'run-1'), connect('demo', AWS));

/** The log as the service serves it: by place, in pages, which may be empty. */
function standPages(...pages: readonly (readonly string[])[]): void {
  logs.on(GetLogEventsCommand).callsFake(({ nextToken }: { nextToken?: string }) => {
    const at = nextToken === undefined ? 0 : Number(nextToken);
    const events = (pages[at] ?? []).map((message) => ({ timestamp: 1_000 + at, message }));
    return { events, nextForwardToken: String(Math.min(at + 1, pages.length)) };
  });
}

async function linesOf(options?: { follow?: boolean; signal?: AbortSignal }): Promise<string[]> {
  const lines: string[] = [];
  for await (const { message } of aRun().logs(options)) lines.push(message);
  return lines;
}

beforeEach(() => {
  resetAccount();
  resetSleep();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('a log', () => {
  it('of 100,000 lines comes complete, in order, each once, though some pages are empty', async () => {
    const all = Array.from({ length: 100_000 }, (_, index) => `line ${index}`);
    const pages = Array.from({ length: 10 }, (_, page) => all.slice(page * 10_000, (page + 1) * 10_000));
    standRecords(over);
    standPages(...pages.flatMap((page) => [page.map((line) => `${line}\n`), []]));

    expect(await linesOf()).toEqual(all);
  });

  it('is followed until the run is over, through the time in which there is none', async () => {
    standRecords(undefined, aRecord(), running, running, over);
    const missing = new ResourceNotFoundException({ $metadata: {}, message: 'no stream' });
    standPages(['first\n', 'second\r\n'], ['last']);
    logs
      .on(GetLogEventsCommand, { nextToken: undefined })
      .rejectsOnce(missing)
      .resolves({
        events: [{ timestamp: 1, message: 'first\n' }],
        nextForwardToken: '1',
      });

    expect(await linesOf()).toEqual(['first', 'last']);
  });

  it('shows lines that come late, after the run was over and nothing new was seen', async () => {
    standRecords(running, running, running, running, over);
    let looks = 0;
    logs.on(GetLogEventsCommand).callsFake(() => {
      looks += 1;
      // The run is over from the sixth look on; its last line is served one look later.
      return looks === 7
        ? { events: [{ timestamp: 1, message: 'late' }], nextForwardToken: 'end' }
        : { events: [], nextForwardToken: looks < 7 ? 'start' : 'end' };
    });

    expect(await linesOf()).toEqual(['late']);
  });

  it('that is not followed ends with what there is', async () => {
    standRecords(running);
    standPages(['first\n']);

    expect(await linesOf({ follow: false })).toEqual(['first']);
  });

  it('of a run without a build ends with the run', async () => {
    standRecords(aRecord({ status: 'FAILED', failure: { code: 'NotAllowed', message: 'no' } }));

    expect(await linesOf()).toEqual([]);
    expect(logs.calls()).toHaveLength(0);
  });

  it('ends with the execution when nobody records the end', async () => {
    standRecords(running);
    standExecution({ status: 'ABORTED' });
    standPages(['first\n']);

    expect(await linesOf()).toEqual(['first']);
    expect(sleptMs()).toBeLessThan(20_000);
  });

  it('is no longer waited for when the caller gives up', async () => {
    standRecords(running);
    standPages([]);
    const givingUp = new AbortController();
    setImmediate(() => givingUp.abort());

    await expect(linesOf({ signal: givingUp.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that may not be read says so', async () => {
    standRecords(running);
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    logs.on(GetLogEventsCommand).rejects(denied);

    await expect(linesOf()).rejects.toBe(denied);
    await expect(aRun().outcome({ onLog: () => {} })).rejects.toBe(denied);
  });
});
