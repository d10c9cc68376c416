import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';

import { startServer } from '../../../lib/local/server/start-server.js';
import { aDefinition, aTask } from './a-machine.js';
import { type OpenStates, openStates } from './open-states.js';

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

  it("The Step Functions client receives errors as the service's classes", async () => {
    const stateMachineArn = place.machineArn;
    await client.send(new StartExecutionCommand({ stateMachineArn, name: 'two' }));
    const again = client.send(new StartExecutionCommand({ stateMachineArn, name: 'two', input: '{"b":1}' }));
    await expect(again).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  });
});
