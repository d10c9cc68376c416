import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';

import { createLogs, type Logs } from '../../../lib/local/logs/logs.js';
import { formatLine } from '../../../lib/local/logs/stored-line.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

interface Page {
  events: OutputLogEvent[];
  nextForwardToken: string;
  nextBackwardToken: string;
}
interface Filtered {
  events: (OutputLogEvent & { logStreamName: string; eventId: string })[];
  nextToken?: string;
}

describe('CloudWatch Logs', () => {
  let context: TestPlaceContext;
  let logs: Logs;
  const group = '/aws/codebuild/demo';

  beforeEach(async () => {
    context = await openTestPlaceContext();
    logs = await createLogs(context);
  });
  afterEach(async () => {
    await logs.close();
    await context.dispose();
  });

  const page = async (input: object = {}): Promise<Page> =>
    await logs.operations.GetLogEvents({ logGroupName: group, logStreamName: 's', ...input });
  const filter = async (input: object = {}): Promise<Filtered> =>
    (await logs.operations.FilterLogEvents({ logGroupName: group, ...input })) as Filtered;
  const texts = ({ events }: { events: OutputLogEvent[] }) => events.map(({ message }) => message);

  async function readForward(input: object = {}): Promise<{ lines: string[]; pages: number }> {
    const lines: string[] = [];
    let pages = 0;
    let token: string | undefined;
    for (;;) {
      const got = await page({ startFromHead: true, ...(token && { nextToken: token }), ...input });
      pages += 1;
      for (const { message } of got.events) lines.push(message ?? '');
      expect(got.events.reduce((sum, { message = '' }) => sum + Buffer.byteLength(message), 0)).toBeLessThan(
        1_048_577,
      );
      if (got.nextForwardToken === token) return { lines, pages };
      token = got.nextForwardToken;
    }
  }

  it('`GetLogEvents` returns each of 100,000 lines of 3 MB once, complete and in order, also after a restart', async () => {
    const expected = Array.from({ length: 100_000 }, (_, number) => `line ${number} `.padEnd(31, '.'));
    for (let from = 0; from < expected.length; from += 2_500) {
      const timestamp = 1_700_000_000_000 + Math.floor(from / 10_000);
      await logs.append(
        group,
        's',
        expected.slice(from, from + 2_500).map((message) => ({ timestamp, message })),
      );
    }
    const { lines, pages } = await readForward();
    expect(lines).toEqual(expected);
    expect(pages).toBeLessThan(15);

    await logs.close();
    logs = await createLogs(context);
    expect((await readForward()).lines).toEqual(expected);
  });

  it('`GetLogEvents` keeps the order of lines with the same timestamp across small pages', async () => {
    const expected = Array.from({ length: 25 }, (_, number) => `same instant ${number}`);
    await logs.append(
      group,
      's',
      expected.map((message) => ({ timestamp: 1000, message })),
    );
    expect((await readForward({ limit: 4 })).lines).toEqual(expected);
  });

  it('`GetLogEvents` sorts a line that arrives late by its time, and lines of the same time by arrival', async () => {
    await logs.append(group, 's', [
      { timestamp: 10, message: 'a' },
      { timestamp: 30, message: 'c' },
    ]);
    await logs.append(group, 's', [
      { timestamp: 20, message: 'b' },
      { timestamp: 30, message: 'd' },
    ]);
    expect(texts(await page({ startFromHead: true }))).toEqual(['a', 'b', 'c', 'd']);
    expect(texts(await page({ startTime: 20, endTime: 30 }))).toEqual(['b']);
  });

  it('`GetLogEvents` returns the newest page without startFromHead, and pages back until the token stays the same', async () => {
    await logs.append(
      group,
      's',
      [1, 2, 3, 4, 5].map((timestamp) => ({ timestamp, message: `${timestamp}` })),
    );
    const last = await page({ limit: 2 });
    expect(texts(last)).toEqual(['4', '5']);
    const before = await page({ limit: 2, nextToken: last.nextBackwardToken });
    expect(texts(before)).toEqual(['2', '3']);
    const first = await page({ limit: 2, nextToken: before.nextBackwardToken });
    expect(texts(first)).toEqual(['1']);
    const end = await page({ limit: 2, nextToken: first.nextBackwardToken });
    expect(end).toMatchObject({ events: [], nextBackwardToken: first.nextBackwardToken });
    expect(texts(await page({ nextToken: end.nextForwardToken }))).toEqual(['1', '2', '3', '4', '5']);
  });

  it('`GetLogEvents` returns the same forward token at the end until another line arrives', async () => {
    await logs.append(group, 's', [{ timestamp: 5, message: 'first' }]);
    const { nextForwardToken } = await page({ startFromHead: true });
    const empty = await page({ startFromHead: true, nextToken: nextForwardToken });
    expect(empty).toMatchObject({ events: [], nextForwardToken });
    await logs.append(group, 's', [{ timestamp: 5, message: 'second' }]);
    expect(texts(await page({ nextToken: nextForwardToken }))).toEqual(['second']);
  });

  it('`GetLogEvents` ends a page at 1 MB', async () => {
    const message = 'x'.repeat(300_000);
    await logs.append(
      group,
      's',
      [1, 2, 3, 4, 5].map((timestamp) => ({ timestamp, message })),
    );
    expect((await page({ startFromHead: true })).events).toHaveLength(3);
    expect((await readForward()).lines).toHaveLength(5);
  });

  it('A log stream drops the unfinished last line of a killed process', async () => {
    await logs.append(group, 's', [{ timestamp: 1, message: 'whole' }]);
    await logs.close();
    const [groupFolder = ''] = await readdir(join(context.dataFolder, 'logs'));
    const [file = ''] = await readdir(join(context.dataFolder, 'logs', groupFolder));
    await appendFile(join(context.dataFolder, 'logs', groupFolder, file), '[2,2,"half of');
    logs = await createLogs(context);
    await logs.append(group, 's', [{ timestamp: 3, message: 'next' }]);
    expect((await readForward()).lines).toEqual(['whole', 'next']);
  });

  it('A log stream that lost its last line is refused, also after a kill left a line that was not counted', async () => {
    await logs.append(group, 's', [{ timestamp: 1, message: 'first' }]);
    await logs.close();
    const [groupFolder = ''] = await readdir(join(context.dataFolder, 'logs'));
    const [name = ''] = await readdir(join(context.dataFolder, 'logs', groupFolder));
    const file = join(context.dataFolder, 'logs', groupFolder, name);
    const uncounted = { timestamp: 2, ingestionTime: 2, message: 'stored, but the process was killed then' };
    await appendFile(file, `${formatLine(uncounted)}\n`);
    logs = await createLogs(context);
    const sizeBytes = (await stat(file)).size;
    await logs.append(group, 's', [{ timestamp: 3, message: 'last' }]);
    await logs.close();
    await truncate(file, sizeBytes);
    logs = await createLogs(context);
    await expect(readForward()).rejects.toMatchObject({ code: 'DataFolderDamaged' });
  });

  it('The times of events survive a kill some time after they were written, and a stop at once', async () => {
    const recordOf = async () => {
      const restarted = await createLogs(context);
      const described = (await restarted.operations.DescribeLogStreams({ logGroupName: group })) as {
        logStreams: { lastEventTimestamp?: number }[];
      };
      return described.logStreams[0]?.lastEventTimestamp;
    };
    await logs.append(group, 's', [{ timestamp: 1, message: 'first' }]);
    await logs.append(group, 's', [{ timestamp: 2, message: 'second' }]);
    while ((await recordOf()) !== 2) await sleep(100);
    await logs.append(group, 's', [{ timestamp: 3, message: 'third' }]);
    await logs.close();
    expect(await recordOf()).toBe(3);
  });

  it('`PutLogEvents` checks a batch and reports events that are too old or too new', async () => {
    await logs.operations.CreateLogGroup({ logGroupName: group });
    await logs.operations.CreateLogStream({ logGroupName: group, logStreamName: 's' });
    const put = (logEvents: { timestamp: number; message: string }[]) =>
      logs.operations.PutLogEvents({ logGroupName: group, logStreamName: 's', logEvents });
    const now = context.clock.now();
    const hour = 3_600_000;
    expect(
      await put([
        { timestamp: now - 15 * 24 * hour, message: 'old' },
        { timestamp: now, message: 'good' },
        { timestamp: now + 3 * hour, message: 'new' },
      ]),
    ).toMatchObject({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 } });
    expect((await readForward()).lines).toEqual(['good']);
    const late = [
      { timestamp: now, message: 'b' },
      { timestamp: now - 1, message: 'a' },
    ];
    await expect(put(late)).rejects.toMatchObject({ code: 'InvalidParameterException' });
    const large = Array.from({ length: 4 }, () => ({ timestamp: now, message: 'x'.repeat(270_000) }));
    await expect(put(large)).rejects.toThrow('Upload too large');
  });

  it('CloudWatch Logs refuses missing groups and streams, existing ones, unknown members and invalid tokens', async () => {
    await expect(page()).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
    await logs.operations.CreateLogGroup({ logGroupName: group });
    await expect(page()).rejects.toThrow('The specified log stream does not exist.');
    await expect(logs.operations.CreateLogGroup({ logGroupName: group })).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
    });
    await logs.operations.CreateLogStream({ logGroupName: group, logStreamName: 's' });
    await expect(page({ nextToken: 'nonsense' })).rejects.toThrow('The specified nextToken is invalid.');
    const unknown = { logGroupName: 'x', deletionProtectionEnabled: true };
    await expect(logs.operations.CreateLogGroup(unknown)).rejects.toThrow('deletionProtectionEnabled');
  });

  it('`FilterLogEvents` interleaves the streams of a group by time, page by page', async () => {
    await logs.append(group, 'left', [
      { timestamp: 1, message: 'ERROR one' },
      { timestamp: 3, message: 'ERROR three' },
    ]);
    await logs.append(group, 'right', [
      { timestamp: 2, message: 'ERROR two' },
      { timestamp: 4, message: 'fine' },
    ]);
    const first = await filter({ limit: 2 });
    expect(first.events.map(({ logStreamName, message }) => `${logStreamName} ${message}`)).toEqual([
      'left ERROR one',
      'right ERROR two',
    ]);
    const second = await filter({ limit: 2, nextToken: first.nextToken });
    expect(texts(second)).toEqual(['ERROR three', 'fine']);
    expect(second.nextToken).toBeUndefined();
    expect(new Set([...first.events, ...second.events].map(({ eventId }) => eventId)).size).toBe(4);
    expect(texts(await filter({ filterPattern: 'ERROR -two' }))).toEqual(['ERROR one', 'ERROR three']);
    expect(texts(await filter({ filterPattern: '?two ?fine' }))).toEqual(['ERROR two', 'fine']);
    expect(texts(await filter({ filterPattern: '"ERROR o"', startTime: 1, endTime: 1 }))).toEqual([
      'ERROR one',
    ]);
    expect(texts(await filter({ logStreamNamePrefix: 'ri', startTime: 3 }))).toEqual(['fine']);
    expect(texts(await filter({ logStreamNames: ['left'] }))).toEqual(['ERROR one', 'ERROR three']);
    for (const filterPattern of ['{ $.a = 1 }', '[ip]', 'a-b']) {
      await expect(filter({ filterPattern })).rejects.toMatchObject({ code: 'InvalidParameterException' });
    }
  });

  it('`FilterLogEvents` finds a rare line among 120,000 with three pages', async () => {
    const lines = Array.from({ length: 120_000 }, (_, number) => ({
      timestamp: number,
      message: `l${number}`,
    }));
    await logs.append(group, 's', lines);
    const found: (string | undefined)[] = [];
    let pages = 0;
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const answer = await filter({ filterPattern: 'l119998', ...(token && { nextToken: token }) });
      found.push(...texts(answer));
      token = answer.nextToken;
      pages += 1;
    }
    expect(found).toEqual(['l119998']);
    expect(pages).toBe(3);
  });

  it('`DescribeLogStreams` and `DescribeLogGroups` return pages in order', async () => {
    for (const name of ['b', 'a', 'c']) await logs.append(group, name, [{ timestamp: 1, message: name }]);
    await logs.append(group, 'a', [{ timestamp: 9, message: 'latest' }]);
    const describe = async (input: object) =>
      (await logs.operations.DescribeLogStreams({ logGroupName: group, ...input })) as {
        logStreams: { logStreamName: string; lastEventTimestamp: number }[];
        nextToken?: string;
      };
    const one = await describe({ limit: 2 });
    const two = await describe({ limit: 2, nextToken: one.nextToken });
    expect([...one.logStreams, ...two.logStreams].map(({ logStreamName }) => logStreamName)).toEqual([
      'a',
      'b',
      'c',
    ]);
    const latest = await describe({ orderBy: 'LastEventTime', descending: true, limit: 1 });
    expect(latest.logStreams).toMatchObject([{ logStreamName: 'a', lastEventTimestamp: 9 }]);
    await expect(describe({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).rejects.toThrow();

    await logs.operations.PutRetentionPolicy({ logGroupName: group, retentionInDays: 7 });
    const { logGroups } = (await logs.operations.DescribeLogGroups({ logGroupNamePrefix: '/aws' })) as {
      logGroups: object[];
    };
    expect(logGroups).toMatchObject([
      {
        logGroupName: group,
        retentionInDays: 7,
        arn: `arn:aws:logs:eu-central-1:123456789012:log-group:${group}:*`,
      },
    ]);
  });

  it('Tags, key and retention survive a restart, and a deleted group leaves no events', async () => {
    await logs.append(group, 's', [{ timestamp: 1, message: 'gone' }]);
    const resourceArn = `arn:aws:logs:eu-central-1:123456789012:log-group:${group}`;
    await logs.operations.TagResource({ resourceArn, tags: { team: 'green' } });
    await logs.operations.AssociateKmsKey({ logGroupName: group, kmsKeyId: 'arn:key' });
    logs = await createLogs(context);
    expect(await logs.operations.ListTagsForResource({ resourceArn })).toEqual({ tags: { team: 'green' } });
    await logs.operations.DeleteLogGroup({ logGroupName: group });
    logs = await createLogs(context);
    await logs.append(group, 's', [{ timestamp: 2, message: 'new' }]);
    expect((await readForward()).lines).toEqual(['new']);
    expect(await readdir(join(context.dataFolder, 'logs'))).toHaveLength(1);
  });

  it('CloudWatch Logs stores the lines of 60 concurrent writers', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, number) =>
        logs.append(group, `s${number % 3}`, [{ timestamp: 1, message: `m${number}` }]),
      ),
    );
    expect((await filter()).events).toHaveLength(60);
  });
});
