import { GetLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { ProgressEvent } from '../../../client/index.js';
import { executionArnOf } from '../../../lib/contract/index.js';
import {
  aRecord,
  AWS,
  dynamoDb,
  logs,
  MACHINE,
  resetAccount,
  mockExecution,
  mockRecords,
  states,
} from '../mocked-account.js';
import { resetSleep, sleptMs } from './simulated-sleep.js';

// Imported only now, after its timer module was replaced by a simulated one.
const { setTimeout: sleep } = await import('node:timers/promises');
const { connect } = await import('../../../client/connection/connection.js');
const { createRun } = await import('../../../client/run/run-handle.js');

const PLACE = { logGroup: '/aws/codebuild/codeseeder-demo', logStream: 'build-1' };
const running = aRecord({ status: 'BUILDING', ...PLACE });
const over = aRecord({ status: 'SUCCEEDED', ...PLACE });

const aRun = () => createRun('run-1', executionArnOf(MACHINE, 'run-1'), connect('demo', AWS));

/** Mocks a log that CloudWatch Logs returns in the given pages, which may be empty. */
function mockLogPages(...pages: readonly (readonly string[])[]): void {
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
  mockExecution({ status: 'RUNNING' });
  resetSleep();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const LAST = '[Container] 2026/03/01 10:00:00.0 Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED';

describe('The log of a run', () => {
  it('A log of 100,000 lines is read complete, in order, each line once, though some pages are empty', async () => {
    const all = Array.from({ length: 100_000 }, (_, index) => `line ${index}`);
    const pages = Array.from({ length: 10 }, (_, page) => all.slice(page * 10_000, (page + 1) * 10_000));
    mockRecords(over);
    mockLogPages(...pages.flatMap((page) => [page.map((line) => `${line}\n`), []]));

    expect(await linesOf()).toEqual(all);
  });

  it('A log is read to its end even if all pages except the last are empty', async () => {
    mockRecords(over);
    mockLogPages(...Array.from({ length: 50 }, () => []), ['found']);

    expect(await linesOf()).toEqual(['found']);
  });

  it('A log is followed until the run has ended, even if it does not exist at first', async () => {
    mockRecords(undefined, aRecord(), running, running, over);
    const missing = new ResourceNotFoundException({ $metadata: {}, message: 'no stream' });
    mockLogPages(['first\n', 'second\r\n'], ['last']);
    logs
      .on(GetLogEventsCommand, { nextToken: undefined })
      .rejectsOnce(missing)
      .resolves({
        events: [{ timestamp: 1, message: 'first\n' }],
        nextForwardToken: '1',
      });

    expect(await linesOf()).toEqual(['first', 'last']);
  });

  it('Lines that come within ten seconds after the end of a run are read', async () => {
    const ended = { ...over, finishedAt: new Date(Date.now()).toISOString() };
    mockRecords(ended);
    const startedMs = Date.now();
    logs
      .on(GetLogEventsCommand)
      .callsFake(() =>
        Date.now() - startedMs > 8_000
          ? { events: sleptMs() < 9_000 ? [{ timestamp: 1, message: 'late' }] : [], nextForwardToken: 'end' }
          : { events: [], nextForwardToken: 'start' },
      );

    expect((await linesOf())[0]).toBe('late');
    expect(sleptMs()).toBeLessThan(15_000);
  });

  it.each([
    ['the upload of artifacts', LAST],
    ['a phase that failed early', LAST.replace('UPLOAD_ARTIFACTS State: SUCCEEDED', 'INSTALL State: FAILED')],
  ])("A log with CodeBuild's last line, about %s, is complete at once", async (_title, last) => {
    mockRecords({ ...over, finishedAt: new Date(Date.now()).toISOString() });
    mockLogPages(['first', last, '[Container] Phase context status code:  Message:']);

    expect(await linesOf()).toHaveLength(3);
    expect(sleptMs()).toBeLessThan(2_000);
  });

  it('The last lines of a canceled run are awaited for two seconds', async () => {
    mockRecords({ ...over, status: 'CANCELED', finishedAt: new Date(Date.now()).toISOString() });
    mockLogPages(['first'], [], ['late']);

    expect(await linesOf()).toEqual(['first', 'late']);
    expect(sleptMs()).toBeGreaterThanOrEqual(2_000);
    expect(sleptMs()).toBeLessThan(5_000);
  });

  it('The log of a run that ended long ago is read without waiting for further lines', async () => {
    mockRecords({ ...over, finishedAt: new Date(Date.now() - 61_000).toISOString() });
    mockLogPages(['only']);

    expect(await linesOf()).toEqual(['only']);
    expect(sleptMs()).toBeLessThan(2_000);
  });

  it('A log without new lines is read in growing intervals, and in short ones again after a new line', async () => {
    mockRecords(...Array<typeof running>(200).fill(running), over);
    const reads: number[] = [];
    logs.on(GetLogEventsCommand).callsFake(() => {
      reads.push(Date.now());
      return reads.length === 7
        ? { events: [{ timestamp: 1, message: 'line' }], nextForwardToken: 'b' }
        : { events: [], nextForwardToken: reads.length < 7 ? 'a' : 'b' };
    });

    expect(await linesOf()).toEqual(['line']);
    expect(Math.min(...reads.slice(1).map((ms, index) => ms - (reads[index] ?? 0)))).toBeGreaterThanOrEqual(
      200,
    );
  });

  it('Reading a log continues after throttling', async () => {
    mockRecords(over);
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    mockLogPages(['first']);
    logs
      .on(GetLogEventsCommand, { nextToken: undefined })
      .rejectsOnce(throttled)
      .rejectsOnce(throttled)
      .resolves({ events: [{ timestamp: 1, message: 'first' }], nextForwardToken: '1' });

    expect(await linesOf()).toEqual(['first']);
  });

  it('A log that is not followed ends with its current lines', async () => {
    mockRecords(running);
    mockLogPages(['first\n']);

    expect(await linesOf({ follow: false })).toEqual(['first']);
  });

  it('The log of a run without a build ends with the run, without a read', async () => {
    mockRecords(aRecord({ status: 'FAILED', failure: { code: 'NotAllowed', message: 'no' } }));

    expect(await linesOf()).toEqual([]);
    expect(logs.calls()).toHaveLength(0);
  });

  it("A log ends when its execution ends, even if the run's record is never updated", async () => {
    mockRecords(running);
    mockExecution({ status: 'ABORTED' });
    mockLogPages(['first\n']);

    expect(await linesOf()).toEqual(['first']);
    expect(sleptMs()).toBeLessThan(40_000);
  });

  it('Waiting for a log ends when the caller aborts', async () => {
    mockRecords(running);
    mockLogPages([]);
    const givingUp = new AbortController();
    setImmediate(() => givingUp.abort());

    await expect(linesOf({ signal: givingUp.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('`logs()` of a log that may not be read fails with the reason', async () => {
    mockRecords(running);
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    logs.on(GetLogEventsCommand).rejects(denied);

    await expect(linesOf()).rejects.toBe(denied);
  });
});

describe('A log that is followed while the value is waited for', () => {
  const ended = aRecord({ status: 'SUCCEEDED', kind: 'commands', ...PLACE });

  it('A log that cannot be read is a warning, and does not end the wait for the value', async () => {
    mockRecords(running, running, ended);
    logs.on(GetLogEventsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    const warnings: unknown[] = [];
    const onProgress = (event: ProgressEvent) => {
      if (event.type === 'warning') warnings.push(event.message);
    };

    await expect(aRun().outcome({ onLog: () => undefined, onProgress })).resolves.toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(warnings).toEqual(['The log of the run run-1 cannot be read: no']);
  });

  it('The value comes after the last lines of the log', async () => {
    mockRecords(running, { ...ended, finishedAt: new Date(Date.now()).toISOString() });
    mockLogPages(['first'], [], ['second', LAST]);
    const lines: string[] = [];
    await aRun().outcome({ onLog: (line) => lines.push(line) });

    expect(lines).toEqual(['first', 'second', LAST]);
  });

  it('An error of the listener ends the wait, after which neither the run nor its log is read', async () => {
    mockRecords(running);
    mockLogPages(['first']);
    const onLog = () => {
      throw new Error('the listener failed');
    };

    await expect(aRun().outcome({ onLog })).rejects.toThrow('the listener failed');
    await sleep(1_000);
    const requests = [dynamoDb, logs, states].map((service) => service.calls().length);
    await sleep(600_000);
    expect([dynamoDb, logs, states].map((service) => service.calls().length)).toEqual(requests);
  });
});
