import { text } from 'node:stream/consumers';

import { afterEach, describe, expect, it } from '@jest/globals';

import { createQuotas } from '../../../lib/local/quotas/quotas.js';
import { simulatedClock } from '../simulated-clock.js';
import { aDefinition, aTask } from './a-machine.js';
import { aDistributedMap, aReader, aWriter, readJson, type WrittenChild } from './a-map.js';
import { closeOpened, open, type OpenStates } from './open-states.js';

afterEach(closeOpened);

const pass = (output: unknown) => ({ P: { Type: 'Pass', Output: output, End: true } });
const echo = pass('{% $states.input %}');
/** States that fail for negative items. */
const fragile = {
  Check: {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input < 0 %}', Next: 'Bad' }],
    Default: 'Good',
  },
  Bad: { Type: 'Fail', Error: 'Negative', Cause: 'below zero' },
  Good: { Type: 'Succeed' },
};

/** Runs the machine to its end. Returns the parsed output. */
async function runMap(place: OpenStates, input: unknown) {
  const { executionArn } = await place.call('StartExecution', {
    stateMachineArn: place.machineArn,
    input: JSON.stringify(input),
  });
  const end = await place.ended(executionArn);
  const output = typeof end.output === 'string' ? (JSON.parse(end.output) as unknown) : undefined;
  return { executionArn, end, output };
}

async function typesOf(place: OpenStates, executionArn: string): Promise<string[]> {
  const { events } = await place.call('GetExecutionHistory', { executionArn });
  return events.map(({ type }) => type);
}

async function mapRunOf(place: OpenStates, executionArn: string) {
  const listed = (await place.call('ListMapRuns', { executionArn })) as unknown as {
    mapRuns: { mapRunArn: string }[];
  };
  const mapRunArn = listed.mapRuns[0]?.mapRunArn ?? '';
  return { mapRunArn, described: await place.call('DescribeMapRun', { mapRunArn }) };
}

interface Manifest {
  readonly ResultFiles: Record<'FAILED' | 'PENDING' | 'SUCCEEDED', { Key: string; Size: number }[]>;
}

describe('A distributed Map state', () => {
  it('A distributed Map state returns the outputs of its children in the order of the items', async () => {
    const place = await open({ definition: aDistributedMap(pass('{% $states.input * 2 %}')) });
    const { output, executionArn } = await runMap(place, [3, 1, 2]);
    expect(output).toEqual([6, 2, 4]);
    expect(await typesOf(place, executionArn)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('Children are executions with ARNs of their own, histories, and the map run in their description', async () => {
    const place = await open({ definition: aDistributedMap(echo, { Label: 'items' }) });
    const { executionArn } = await runMap(place, ['a', 'b']);
    const { mapRunArn } = await mapRunOf(place, executionArn);
    const prefix = 'arn:aws:states:eu-central-1:123456789012';
    expect(mapRunArn).toMatch(new RegExp(`^${prefix}:mapRun:machine/items:[0-9a-f-]{36}$`));
    const { executions } = (await place.call('ListExecutions', { mapRunArn })) as unknown as {
      executions: Record<string, unknown>[];
    };
    expect(executions).toHaveLength(2);
    const child = String(executions[0]?.executionArn);
    expect(child).toBe(`${prefix}:execution:machine/items:${String(executions[0]?.name)}`);
    expect(executions[0]).toMatchObject({
      mapRunArn,
      itemCount: 1,
      stateMachineArn: `${prefix}:stateMachine:machine/items`,
    });
    expect(await place.call('DescribeExecution', { executionArn: child })).toMatchObject({
      status: 'SUCCEEDED',
      mapRunArn,
    });
    expect(await place.call('DescribeStateMachineForExecution', { executionArn: child })).toMatchObject({
      mapRunArn,
      label: 'items',
      definition: expect.stringContaining('DISTRIBUTED'),
    });
    expect(await typesOf(place, child)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    const ofMachine = await place.call('ListExecutions', { stateMachineArn: place.machineArn });
    expect(ofMachine.executions).toHaveLength(1);
  });

  it('Children see their own execution, and ItemSelector the item and the variables', async () => {
    const definition = aDefinition({
      Set: { Type: 'Pass', Assign: { factor: 10 }, Next: 'Each' },
      Each: (
        aDistributedMap(pass('{% [$states.input, $states.context.Execution.Input, $exists($factor)] %}'), {
          ItemSelector:
            '{% $states.context.Map.Item.Index + $factor * $number($states.context.Map.Item.Value) %}',
        }) as { States: { Each: unknown } }
      ).States.Each,
    });
    const { output } = await runMap(await open({ definition }), ['1', '2']);
    expect(output).toEqual([
      [10, 10, false],
      [21, 21, false],
    ]);
  });

  it('A batch has at most as many items, and as many bytes, as the ItemBatcher says', async () => {
    const definition = aDistributedMap(echo, {
      ItemBatcher: {
        MaxItemsPerBatch: '{% 2 %}',
        MaxInputBytesPerBatch: 60,
        BatchInput: { n: '{% $count($states.input) %}' },
      },
    });
    const place = await open({ definition });
    const items = ['a', 'b', 'c', 'd'.repeat(30), 'e'];
    const { output, executionArn } = await runMap(place, items);
    const BatchInput = { n: 5 };
    expect(output).toEqual([
      { BatchInput, Items: ['a', 'b'] },
      { BatchInput, Items: ['c'] },
      { BatchInput, Items: ['d'.repeat(30)] },
      { BatchInput, Items: ['e'] },
    ]);
    const { described } = await mapRunOf(place, executionArn);
    expect(described).toMatchObject({
      itemCounts: { total: 5, succeeded: 5, pending: 0 },
      executionCounts: { total: 4, succeeded: 4, pending: 0 },
    });
  });

  it('A child may have a distributed Map state of its own, whose map run belongs to the child', async () => {
    const each = (definition: unknown) => (definition as { States: { Each: object } }).States.Each;
    const inner = each(aDistributedMap(pass('{% $states.input + 1 %}'), { Label: 'inner' }));
    const place = await open({ definition: aDistributedMap({ Inner: inner }, { Label: 'outer' }) });
    const { output, executionArn } = await runMap(place, [[1, 2], [3]]);
    expect(output).toEqual([[2, 3], [4]]);
    const { mapRunArn } = await mapRunOf(place, executionArn);
    const { executions } = (await place.call('ListExecutions', { mapRunArn })) as unknown as {
      executions: { executionArn: string }[];
    };
    const ofChild = await mapRunOf(place, executions[0]?.executionArn ?? '');
    expect(ofChild.mapRunArn).toMatch(/:mapRun:machine\/inner:/);
    expect(ofChild.described).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('A map run in a branch is aborted with its children when another branch fails', async () => {
    const each = aDistributedMap({ Wait: { Type: 'Wait', Seconds: 3_600, End: true } });
    const definition = aDefinition({
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Each', States: (each as { States: object }).States },
          {
            StartAt: 'Call',
            States: { Call: aTask({ Next: 'Bad' }), Bad: { Type: 'Fail', Error: 'Bad' } },
          },
        ],
        End: true,
      },
    });
    let children = 0;
    const place = await open({
      definition,
      invoke: async () => {
        // The other branch fails once child executions are running.
        while (children < 2) {
          children = place.events.filter(({ detail }) => detail.includes('machine/Each')).length;
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        return { payload: '1', requestId: 'r' };
      },
    });
    const { end, executionArn } = await runMap(place, [1, 2]);
    expect(end).toMatchObject({ status: 'FAILED', error: 'Bad' });
    expect((await typesOf(place, executionArn)).slice(-4)).toEqual([
      'MapRunAborted',
      'MapStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
    expect((await mapRunOf(place, executionArn)).described).toMatchObject({
      status: 'ABORTED',
      executionCounts: { aborted: 2, running: 0 },
    });
  });

  it('A map run without items succeeds', async () => {
    const place = await open({ definition: aDistributedMap(echo) });
    expect((await runMap(place, [])).output).toEqual([]);
  });

  it('Results of more than 256 KiB need a ResultWriter', async () => {
    const place = await open({ definition: aDistributedMap(pass('x'.repeat(150_000))) });
    expect((await runMap(place, [1, 2])).end).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  it('An ItemSelector that fails ends the map run and the execution', async () => {
    const definition = aDistributedMap(echo, { ItemSelector: '{% $states.input.none %}' });
    const place = await open({ definition });
    const { end, executionArn } = await runMap(place, [1]);
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect((await typesOf(place, executionArn)).slice(-4)).toEqual([
      'EvaluationFailed',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });
});

describe('ItemReader', () => {
  const read = async (reader: Record<string, unknown>, files: Record<string, string>) => {
    const place = await open({ definition: aDistributedMap(echo, { ItemReader: reader }) });
    for (const [key, content] of Object.entries(files)) {
      await place.objects.write('bucket', key, Buffer.from(content));
    }
    return runMap(place, { max: 2, key: 'a' });
  };

  it('Items are read from a JSON array', async () => {
    const { output } = await read(aReader({ key: 'a', InputType: 'JSON' }), { a: '[{"n":1},2]' });
    expect(output).toEqual([{ n: 1 }, 2]);
  });

  it('Items are read from JSON lines, at most MaxItems', async () => {
    const reader = aReader({ key: 'a', InputType: 'JSONL', MaxItems: '{% $states.input.max %}' });
    expect((await read(reader, { a: '1\n2\n3\n' })).output).toEqual([1, 2]);
  });

  it('Items are read from CSV with the first row or given headers', async () => {
    const first = aReader({ key: 'a', InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' });
    expect((await read(first, { a: 'id\n7\n' })).output).toEqual([{ id: '7' }]);
    const given = aReader({
      key: 'a',
      InputType: 'CSV',
      CSVHeaderLocation: 'GIVEN',
      CSVHeaders: ['x', 'y'],
      CSVDelimiter: 'PIPE',
    });
    expect((await read(given, { a: '1|2' })).output).toEqual([{ x: '1', y: '2' }]);
  });

  it('Items are the objects of a prefix', async () => {
    const reader = {
      Resource: 'arn:aws:states:::s3:listObjectsV2',
      Arguments: { Bucket: 'bucket', Prefix: '{% $states.input.key & "/" %}' },
    };
    const { output } = await read(reader, { 'a/1': 'x', 'a/2': 'yy', 'b/3': '' });
    expect(output).toEqual([
      {
        Etag: '"9dd4e461268c8034f5c8564e155c67a6"',
        Key: 'a/1',
        LastModified: expect.any(Number),
        Size: 1,
        StorageClass: 'STANDARD',
      },
      expect.objectContaining({ Key: 'a/2', Size: 2 }),
    ]);
  });

  it.each([
    ['a missing object', aReader({ key: 'none', InputType: 'JSON' }), /does not exist/],
    ['a file that is no JSON', aReader({ key: 'a', InputType: 'JSON' }), /not a JSON array/],
    ['a wrong line, before any child starts', aReader({ key: 'b', InputType: 'JSONL' }), /line 2/],
  ])('The map run fails with States.ItemReaderFailed for %s', async (_what, reader, cause) => {
    const { end } = await read(reader, { a: 'x', b: '1\n?' });
    expect(end).toMatchObject({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
      cause: expect.stringMatching(cause),
    });
  });
});

describe('Failures of children', () => {
  it('One failed child fails the map run when no failure is tolerated, and the others are stopped', async () => {
    const slow = { ...fragile, Good: { Type: 'Wait', Seconds: 3_600, End: true } };
    const place = await open({ definition: aDistributedMap(slow) });
    const { end, executionArn } = await runMap(place, [1, 2, -1]);
    expect(end).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    });
    expect((await typesOf(place, executionArn)).slice(-3)).toEqual([
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
    const { mapRunArn, described } = await mapRunOf(place, executionArn);
    expect(described).toMatchObject({
      status: 'FAILED',
      itemCounts: { total: 3, failed: 1, aborted: 2, running: 0, pending: 0 },
    });
    const aborted = await place.call('ListExecutions', { mapRunArn, statusFilter: 'ABORTED' });
    expect(aborted.executions).toHaveLength(2);
  });

  it.each([
    ['ToleratedFailureCount', { ToleratedFailureCount: 2 }, 'SUCCEEDED'],
    ['ToleratedFailureCount', { ToleratedFailureCount: '{% 1 %}' }, 'FAILED'],
    ['ToleratedFailurePercentage', { ToleratedFailurePercentage: 50 }, 'SUCCEEDED'],
    ['ToleratedFailurePercentage', { ToleratedFailurePercentage: 49 }, 'FAILED'],
    ['both', { ToleratedFailurePercentage: 100, ToleratedFailureCount: 1 }, 'FAILED'],
  ])('%s decides how many items may fail: %j ends as %s', async (_what, tolerated, status) => {
    const definition = aDistributedMap(fragile, { ...tolerated, MaxConcurrency: 1 });
    const place = await open({ definition });
    const { end } = await runMap(place, [-1, 1, -2, 2]);
    expect(end.status).toBe(status);
  });

  it('The result has a tolerated failure as the description of its child', async () => {
    const place = await open({ definition: aDistributedMap(fragile, { ToleratedFailureCount: 1 }) });
    const { output } = await runMap(place, [5, -1]);
    expect(output).toEqual([
      5,
      expect.objectContaining({ Status: 'FAILED', Error: 'Negative', Cause: 'below zero', Input: '-1' }),
    ]);
  });

  it('Retry starts a new map run, and Catch receives the error', async () => {
    const definition = aDefinition({
      Each: {
        ...(aDistributedMap(fragile) as { States: { Each: Record<string, unknown> } }).States.Each,
        Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After', Output: '{% $states.errorOutput.Error %}' }],
      },
      After: { Type: 'Succeed' },
    });
    const place = await open({ definition });
    const { output, executionArn } = await runMap(place, [-1]);
    expect(output).toBe('States.ExceedToleratedFailureThreshold');
    const { mapRuns } = (await place.call('ListMapRuns', { executionArn })) as unknown as {
      mapRuns: unknown[];
    };
    expect(mapRuns).toHaveLength(2);
  });
});

describe('ResultWriter', () => {
  it('Results are written to files by status with a manifest, and the state returns where', async () => {
    const definition = aDistributedMap(fragile, { ToleratedFailureCount: 1, ResultWriter: aWriter });
    const place = await open({ definition });
    const { output, executionArn } = await runMap(place, [1, -1, 2]);
    const { mapRunArn, described } = await mapRunOf(place, executionArn);
    const folder = `results/${mapRunArn.split(':').at(-1)}`;
    const key = `${folder}/manifest.json`;
    expect(output).toEqual({
      MapRunArn: mapRunArn,
      ResultWriterDetails: { Bucket: 'bucket', Key: key },
    });
    expect(await readJson(place.objects, key)).toEqual({
      DestinationBucket: 'bucket',
      MapRunArn: mapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
      },
    });
    const succeeded = await readJson<WrittenChild[]>(place.objects, `${folder}/SUCCEEDED_0.json`);
    expect(succeeded.map(({ Input: input }) => input).sort()).toEqual(['1', '2']);
    expect(succeeded[0]).toEqual({
      ExecutionArn: expect.stringContaining(':execution:machine/Each:'),
      Input: expect.any(String),
      InputDetails: { Included: true },
      Name: expect.any(String),
      Output: expect.any(String),
      OutputDetails: { Included: true },
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      StartDate: expect.stringMatching(/Z$/),
      StateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:machine/Each',
      Status: 'SUCCEEDED',
      StopDate: expect.stringMatching(/Z$/),
    });
    const [failed] = await readJson<WrittenChild[]>(place.objects, `${folder}/FAILED_0.json`);
    expect(failed).toMatchObject({ Status: 'FAILED', Error: 'Negative', Cause: 'below zero' });
    expect(described).toMatchObject({ itemCounts: { resultsWritten: 3 } });
  });

  it.each([
    ['JSON', 'COMPACT', '[[1,2],3]'],
    ['JSON', 'FLATTEN', '[1,2,3]'],
    ['JSONL', 'COMPACT', '[1,2]\n3\n'],
    ['JSONL', 'FLATTEN', '1\n2\n3\n'],
  ])('WriterConfig writes %s with the transformation %s', async (outputType, transformation, content) => {
    const WriterConfig = { OutputType: outputType, Transformation: transformation };
    const ResultWriter = { ...aWriter, WriterConfig };
    const place = await open({ definition: aDistributedMap(echo, { ResultWriter, MaxConcurrency: 1 }) });
    const { executionArn } = await runMap(place, [[1, 2], 3]);
    const { mapRunArn } = await mapRunOf(place, executionArn);
    const name = `SUCCEEDED_0.${outputType.toLowerCase()}`;
    const { body } = await place.objects.read('bucket', `results/${mapRunArn.split(':').at(-1)}/${name}`);
    expect(await text(body)).toBe(content);
  });

  it('A WriterConfig without a bucket transforms the result of the state', async () => {
    const writer = (Transformation: string) => ({ WriterConfig: { OutputType: 'JSON', Transformation } });
    const flat = await open({ definition: aDistributedMap(echo, { ResultWriter: writer('FLATTEN') }) });
    expect((await runMap(flat, [[1, 2], [], 3])).output).toEqual([1, 2, 3]);
    const none = await open({ definition: aDistributedMap(echo, { ResultWriter: writer('NONE') }) });
    expect((await runMap(none, [7])).output).toEqual([
      expect.objectContaining({ Status: 'SUCCEEDED', Output: '7' }),
    ]);
  });

  it('Items that were not started because the map run failed are written as pending', async () => {
    const definition = aDistributedMap(fragile, { MaxConcurrency: 1, ResultWriter: aWriter });
    const place = await open({ definition });
    const { end, executionArn } = await runMap(place, [-1, 1, 2]);
    expect(end.status).toBe('FAILED');
    const { mapRunArn, described } = await mapRunOf(place, executionArn);
    const folder = `results/${mapRunArn.split(':').at(-1)}`;
    const { ResultFiles: files } = await readJson<Manifest>(place.objects, `${folder}/manifest.json`);
    expect(files.PENDING).toHaveLength(1);
    const pending = await readJson<WrittenChild[]>(place.objects, `${folder}/PENDING_0.json`);
    expect(pending.map(({ Input: input, Status: status }) => [input, status])).toEqual([
      ['1', 'PENDING'],
      ['2', 'PENDING'],
    ]);
    expect(described).toMatchObject({ itemCounts: { failed: 1, pending: 2, total: 3 } });
  });

  it('The map run fails with States.ResultWriterFailed when the bucket does not exist', async () => {
    const writer = { ...aWriter, Arguments: { Bucket: 'none' } };
    const place = await open({ definition: aDistributedMap(echo, { ResultWriter: writer }) });
    const items = Array.from({ length: 300 }, () => 'x'.repeat(500));
    expect((await runMap(place, items)).end).toMatchObject({
      status: 'FAILED',
      error: 'States.ResultWriterFailed',
    });
  });
});

describe('A map run that goes on', () => {
  const waiting = { Wait: { Type: 'Wait', Seconds: 3_600, End: true } };
  const start = async (place: OpenStates, items: unknown[]) => {
    const { executionArn } = await place.call('StartExecution', {
      stateMachineArn: place.machineArn,
      input: JSON.stringify(items),
    });
    while (!(await typesOf(place, executionArn)).includes('MapRunStarted'));
    return executionArn;
  };
  const untilRunning = async (place: OpenStates, executionArn: string, running: number) => {
    for (;;) {
      const run = await mapRunOf(place, executionArn);
      if ((run.described.executionCounts as { running: number }).running === running) return run;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('StopExecution of the parent stops the children and ends the map run as aborted', async () => {
    const place = await open({ definition: aDistributedMap(waiting, { MaxConcurrency: 2 }) });
    const executionArn = await start(place, [1, 2, 3]);
    const { mapRunArn } = await untilRunning(place, executionArn, 2);
    await place.call('StopExecution', { executionArn });
    expect((await typesOf(place, executionArn)).slice(-2)).toEqual(['MapRunAborted', 'ExecutionAborted']);
    const { described } = await mapRunOf(place, executionArn);
    expect(described).toMatchObject({
      status: 'ABORTED',
      executionCounts: { aborted: 2, running: 0, pending: 1, total: 3 },
    });
    const running = await place.call('ListExecutions', { mapRunArn, statusFilter: 'RUNNING' });
    expect(running.executions).toEqual([]);
  });

  it('Without MaxConcurrency, 1,000 children run at once', async () => {
    const place = await open({ definition: aDistributedMap(waiting) });
    const executionArn = await start(
      place,
      Array.from({ length: 1_005 }, () => 0),
    );
    const { described } = await untilRunning(place, executionArn, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(described).toMatchObject({ executionCounts: { running: 1_000, pending: 5 } });
    await place.call('StopExecution', { executionArn });
    const { described: stopped } = await mapRunOf(place, executionArn);
    expect(stopped).toMatchObject({ executionCounts: { aborted: 1_000, pending: 5, running: 0 } });
  });

  it('UpdateMapRun changes how many children run at once, and how many may fail', async () => {
    const place = await open({ definition: aDistributedMap(waiting, { MaxConcurrency: 1 }) });
    const executionArn = await start(place, [1, 2, 3]);
    const { mapRunArn } = await untilRunning(place, executionArn, 1);
    await place.call('UpdateMapRun', { mapRunArn, maxConcurrency: 2, toleratedFailureCount: 3 });
    const { described } = await untilRunning(place, executionArn, 2);
    expect(described).toMatchObject({ maxConcurrency: 2, toleratedFailureCount: 3 });
    const { executions } = (await place.call('ListExecutions', { mapRunArn })) as unknown as {
      executions: { executionArn: string }[];
    };
    await place.call('StopExecution', { executionArn: executions[0]?.executionArn });
    expect((await untilRunning(place, executionArn, 2)).described).toMatchObject({
      status: 'RUNNING',
      executionCounts: { aborted: 1 },
    });
    await place.call('StopExecution', { executionArn });
    await expect(place.call('UpdateMapRun', { mapRunArn, maxConcurrency: 1 })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('After a kill, the map run and its children are aborted, and the counts are those of the children', async () => {
    const killed = await open({ definition: aDistributedMap(waiting, { MaxConcurrency: 2 }) });
    const executionArn = await start(killed, [1, 2, 3]);
    await untilRunning(killed, executionArn, 2);
    const place = await open({
      context: killed.context,
      definition: aDistributedMap(waiting, { MaxConcurrency: 2 }),
    });
    expect(await place.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED' });
    const { mapRunArn, described } = await mapRunOf(place, executionArn);
    expect(described).toMatchObject({
      status: 'ABORTED',
      executionCounts: { aborted: 2, running: 0, pending: 1, total: 3 },
    });
    const aborted = await place.call('ListExecutions', { mapRunArn, statusFilter: 'ABORTED' });
    expect(aborted.executions).toHaveLength(2);
  });

  it('Closing the local AWS ends the map run and its children', async () => {
    const place = await open({ definition: aDistributedMap(waiting) });
    const executionArn = await start(place, [1, 2]);
    const { mapRunArn } = await untilRunning(place, executionArn, 2);
    await place.states.close();
    expect(await place.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED' });
    expect(await place.call('DescribeMapRun', { mapRunArn })).toMatchObject({ status: 'ABORTED' });
  });
});

describe('Operations on map runs', () => {
  it.each([
    [
      'DescribeMapRun',
      { mapRunArn: 'arn:aws:states:eu-central-1:123456789012:mapRun:m/l:1' },
      'ResourceNotFound',
    ],
    ['DescribeMapRun', { mapRunArn: 'arn:aws:states:eu-central-1:123456789012:execution:m:1' }, 'InvalidArn'],
    [
      'ListExecutions',
      { mapRunArn: 'arn:aws:states:eu-central-1:123456789012:mapRun:m/l:1' },
      'ResourceNotFound',
    ],
    ['ListExecutions', {}, 'ValidationException'],
  ])('%s of %j is refused with %s', async (operation, input, name) => {
    const place = await open();
    await expect(place.call(operation, input)).rejects.toMatchObject({ name });
  });

  it('Starting a child is a state transition, as are the states of a child', async () => {
    let [transitions, starts] = [0, 0];
    const quotas = {
      take: () => undefined,
      reserve: ({ operation }: { readonly operation: string }) => {
        if (operation === 'StateTransition') transitions += 1;
        if (operation === 'MapRunChildStart') starts += 1;
        return 0;
      },
      concurrentInvocations: Infinity,
    };
    const place = await open({ definition: aDistributedMap(echo), overrides: { quotas } });
    await runMap(place, [1, 2, 3]);
    expect(transitions).toBe(1 + 3 + 3);
    expect(starts).toBe(3);
  });

  it('The children of a map run start at the rate of the account, and are delayed until it allows them', async () => {
    const clock = simulatedClock();
    const quotas = createQuotas('aws', { region: 'us-east-1', clock });
    const place = await open({ definition: aDistributedMap(echo), overrides: { clock, quotas } });
    const startedAtMs = clock.now();
    const items = Array.from({ length: 300 }, (_, index) => index);
    expect((await runMap(place, items)).output).toEqual(items);
    // The token bucket holds 100 starts, and is refilled with 100 per second. The bucket for transitions holds 5,000.
    expect(clock.now() - startedAtMs).toBe(2_000);
  });

  it('Tasks of children call integrations', async () => {
    const names: string[] = [];
    const place = await open({
      definition: aDistributedMap({ Call: aTask({ Output: '{% $states.result.Payload %}' }) }),
      invoke: async (name) => {
        names.push(name);
        return { payload: '"called"', requestId: 'r' };
      },
    });
    expect((await runMap(place, [1, 2])).output).toEqual(['called', 'called']);
    expect(names).toEqual(['f', 'f']);
  });
});
