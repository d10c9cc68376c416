import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createLogs, type Logs } from '../../../lib/local/logs/logs.js';
import { holdWrites } from '../held-write.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

const GROUP = { logGroupName: '/g' };
const STREAM = { ...GROUP, logStreamName: 's' };
const ARN = 'arn:aws:logs:eu-central-1:123456789012:log-group:/g';
const LINES = [{ timestamp: 1, message: 'line' }];

describe('CloudWatch Logs', () => {
  let context: TestPlaceContext;
  let logs: Logs;
  let duringNextWrite: ReturnType<typeof holdWrites>['duringNextWrite'];

  beforeEach(async () => {
    context = await openTestPlaceContext();
    const held = holdWrites(context.store);
    ({ duringNextWrite } = held);
    logs = await createLogs({ ...context, store: held.store });
    await logs.append('/g', 's', LINES);
  });
  afterEach(async () => {
    await logs.close();
    await context.dispose();
  });

  /** Returns the groups and the streams of `/g` after a restart. */
  async function afterRestart(): Promise<{ groups: string[]; streams: string[] }> {
    await logs.close();
    logs = await createLogs(context);
    const { logGroups } = (await logs.operations.DescribeLogGroups({})) as {
      logGroups: { logGroupName: string }[];
    };
    const groups = logGroups.map(({ logGroupName }) => logGroupName);
    if (!groups.includes('/g')) await logs.operations.CreateLogGroup(GROUP);
    const { logStreams } = (await logs.operations.DescribeLogStreams(GROUP)) as {
      logStreams: { logStreamName: string }[];
    };
    return { groups, streams: logStreams.map(({ logStreamName }) => logStreamName) };
  }

  it('A log stream that is deleted while lines are added to it stays deleted', async () => {
    const deletion = duringNextWrite('logs-streams', () => logs.operations.DeleteLogStream(STREAM));
    await logs.append('/g', 's', LINES);
    await deletion;
    expect(await afterRestart()).toEqual({ groups: ['/g'], streams: [] });
  });

  it('A stream of a log group that is deleted while lines are added does not return with a new group', async () => {
    const deletion = duringNextWrite('logs-streams', () => logs.operations.DeleteLogGroup(GROUP));
    await logs.append('/g', 's', LINES);
    await deletion;
    await logs.operations.CreateLogGroup(GROUP);
    expect(await afterRestart()).toEqual({ groups: ['/g'], streams: [] });
  });

  it('A log group that is deleted while its retention is changed stays deleted', async () => {
    const deletion = duringNextWrite('logs-groups', () => logs.operations.DeleteLogGroup(GROUP));
    await logs.operations.PutRetentionPolicy({ ...GROUP, retentionInDays: 7 });
    await deletion;
    expect(await afterRestart()).toEqual({ groups: [], streams: [] });
  });

  it('Lines that are added while the stream is deleted are refused, and do not return with a new stream', async () => {
    const append = duringNextWrite('logs-streams', () =>
      logs.operations.PutLogEvents({ ...STREAM, logEvents: [{ timestamp: Date.now(), message: 'late' }] }),
    );
    await logs.operations.DeleteLogStream(STREAM);
    await expect(append).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await logs.operations.CreateLogStream(STREAM);
    expect(await logs.operations.GetLogEvents(STREAM)).toMatchObject({ events: [] });
  });

  it('A log group that a stack deletes while `DeleteLogGroup` does is deleted without an error', async () => {
    const [provider] = logs.resourceProviders;
    const deletion = duringNextWrite('logs-groups', async () =>
      provider?.delete({ physicalId: '/g', attributes: {} }),
    );
    await logs.operations.DeleteLogGroup(GROUP);
    await deletion;
    expect(await logs.operations.DescribeLogGroups({})).toMatchObject({ logGroups: [] });
  });

  it('Two calls of `TagResource` at the same time add both tags', async () => {
    const second = duringNextWrite('logs-groups', () =>
      logs.operations.TagResource({ resourceArn: ARN, tags: { b: '2' } }),
    );
    await logs.operations.TagResource({ resourceArn: ARN, tags: { a: '1' } });
    await second;
    expect(await logs.operations.ListTagsForResource({ resourceArn: ARN })).toEqual({
      tags: { a: '1', b: '2' },
    });
  });
});
