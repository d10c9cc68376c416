import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  InvalidDefinition,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ListTagsForResourceCommand,
  paginateGetExecutionHistory,
  ResourceNotFound,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';

import { startServer } from '../../../lib/local/server/start-server.js';
import { aDefinition, aTask } from './a-machine.js';
import { aDistributedMap } from './a-map.js';
import { type OpenStates, openStates } from './open-states.js';

/** Repeats a request until its response meets a condition. */
async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('The Step Functions client', () => {
  let place: OpenStates;
  let server: Awaited<ReturnType<typeof startServer>>;
  let client: SFNClient;

  beforeAll(async () => {
    place = await openStates({
      definition: aDefinition({
        Call: aTask({ Next: 'Wait', Assign: { a: 1 } }),
        Wait: { Type: 'Wait', Seconds: 3_600, End: true },
      }),
    });
    server = await startServer({ context: place.context, services: [place.states.service], port: 0 });
    const { credentials, region } = place.context;
    client = new SFNClient({ endpoint: `http://127.0.0.1:${server.port}`, region, credentials });
  });

  afterAll(async () => {
    client.destroy();
    await server.close();
    await place.states.close();
    await place.context.dispose();
  });

  it('The Step Functions client creates a state machine with tags and lists them', async () => {
    const tags = [{ key: 'team', value: 'a' }];
    const definition = JSON.stringify(aDefinition({ Only: { Type: 'Pass', End: true } }));
    const { stateMachineArn: resourceArn } = await client.send(
      new CreateStateMachineCommand({
        name: 'tagged',
        roleArn: 'arn:aws:iam::123456789012:role/r',
        definition,
        tags,
      }),
    );
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags);
    const unknown = client.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}-other` }));
    await expect(unknown).rejects.toThrow(ResourceNotFound);
    await expect(unknown).rejects.toMatchObject({ resourceName: `${resourceArn}-other` });
  });

  it('The Step Functions client starts, describes and stops an execution and reads its history', async () => {
    const stateMachineArn = place.machineArn;
    const { executionArn, startDate } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{"a":1}' }),
    );
    const running = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(running).toMatchObject({ status: 'RUNNING', startDate, input: '{"a":1}', redriveCount: 0 });
    let types: (string | undefined)[] = [];
    while (types.at(-1) !== 'WaitStateEntered') {
      const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
      types = events.map(({ type }) => type);
    }
    const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, cause: 'why' }));
    const stopped = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(stopped).toMatchObject({ status: 'ABORTED', cause: 'why', stopDate });
    expect(stopDate).toBeInstanceOf(Date);
    const events = [];
    for await (const page of paginateGetExecutionHistory({ client, pageSize: 2 }, { executionArn })) {
      events.push(...(page.events ?? []));
    }
    expect(events.map(({ id, type }) => `${id} ${type}`)).toEqual([
      '1 ExecutionStarted',
      '2 TaskStateEntered',
      '3 TaskScheduled',
      '4 TaskStarted',
      '5 TaskSucceeded',
      '6 TaskStateExited',
      '7 WaitStateEntered',
      '8 ExecutionAborted',
    ]);
    expect(events[5]?.stateExitedEventDetails?.assignedVariables).toEqual({ a: '1' });
    expect(events[0]?.timestamp?.getTime()).toBe(startDate?.getTime());
  });

  it('The Step Functions client follows a map run and its children', async () => {
    const definition = JSON.stringify(
      aDistributedMap(
        { Wait: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } },
        { Label: 'waits', MaxConcurrency: 2, ToleratedFailurePercentage: 50 },
      ),
    );
    const roleArn = 'arn:aws:iam::123456789012:role/machine';
    const checked = await client.send(new ValidateStateMachineDefinitionCommand({ definition }));
    expect(checked).toMatchObject({ result: 'OK', diagnostics: [] });
    const created = await client.send(new CreateStateMachineCommand({ name: 'waits', roleArn, definition }));
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn: created.stateMachineArn, input: '[3600, 0, 0]' }),
    );
    const list = async () => (await client.send(new ListMapRunsCommand({ executionArn }))).mapRuns?.[0];
    const mapRun = await until(list, (found) => found !== undefined);
    expect(mapRun).toMatchObject({ executionArn, stateMachineArn: created.stateMachineArn });
    const { mapRunArn } = mapRun ?? {};
    const describeRun = () => client.send(new DescribeMapRunCommand({ mapRunArn }));
    const described = await until(describeRun, ({ itemCounts }) => itemCounts?.succeeded === 2);
    expect(described).toMatchObject({
      status: 'RUNNING',
      maxConcurrency: 2,
      toleratedFailurePercentage: 50,
      toleratedFailureCount: 0,
      executionCounts: { pending: 0, running: 1, succeeded: 2, failed: 0, total: 3, resultsWritten: 2 },
      startDate: expect.any(Date),
    });
    const running = await client.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'RUNNING' }));
    expect(running.executions).toEqual([
      expect.objectContaining({
        mapRunArn,
        itemCount: 1,
        executionArn: expect.stringContaining('waits/waits:'),
      }),
    ]);
    await client.send(new UpdateMapRunCommand({ mapRunArn, toleratedFailurePercentage: 10 }));
    const child = running.executions?.[0]?.executionArn;
    await client.send(new StopExecutionCommand({ executionArn: child }));
    const describe = () => client.send(new DescribeExecutionCommand({ executionArn }));
    expect(await until(describe, ({ status }) => status !== 'RUNNING')).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
    });
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events.find(({ type }) => type === 'MapRunStarted')?.mapRunStartedEventDetails).toEqual({
      mapRunArn,
    });
    expect(events.find(({ type }) => type === 'MapRunFailed')?.mapRunFailedEventDetails).toEqual({
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    });
    await expect(
      client.send(new DescribeMapRunCommand({ mapRunArn: `${mapRunArn}0` })),
    ).rejects.toBeInstanceOf(ResourceNotFound);
  });

  it('The Step Functions client receives the path of an invalid Map state', async () => {
    const definition = JSON.stringify(aDefinition({ Each: { Type: 'Map', End: true } }));
    const { result, diagnostics } = await client.send(
      new ValidateStateMachineDefinitionCommand({ definition }),
    );
    expect(result).toBe('FAIL');
    expect(diagnostics?.[0]).toMatchObject({
      code: 'SCHEMA_VALIDATION_FAILED',
      message: expect.stringContaining('Expected "ItemProcessor" at /States/Each'),
    });
    const create = client.send(
      new CreateStateMachineCommand({ name: 'bad', roleArn: 'arn:aws:iam::123456789012:role/r', definition }),
    );
    await expect(create).rejects.toBeInstanceOf(InvalidDefinition);
  });

  it("The Step Functions client receives errors as the service's classes", async () => {
    const stateMachineArn = place.machineArn;
    await client.send(new StartExecutionCommand({ stateMachineArn, name: 'two' }));
    const again = client.send(new StartExecutionCommand({ stateMachineArn, name: 'two', input: '{"b":1}' }));
    await expect(again).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  });
});
