import { afterEach, expect, it } from '@jest/globals';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

import { startServer } from '../../../lib/local/server/start-server.js';
import { aDefinition, aTask } from './a-machine.js';
import { closeOpened, open } from './open-states.js';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  await closeOpened();
});

/** Opens Step Functions with a machine that waits for its task token, and an SDK client for it. */
async function openWaiting() {
  let submitted: (token: string) => void = () => undefined;
  const token = new Promise<string>((resolve) => (submitted = resolve));
  const place = await open({
    invoke: async (_name, payload) => {
      submitted((JSON.parse(payload) as { token: string }).token);
      return { payload: 'null', requestId: 'r' };
    },
  });
  const server = await startServer({ context: place.context, services: [place.states.service], port: 0 });
  const { credentials, region } = place.context;
  const client = new SFNClient({ endpoint: `http://127.0.0.1:${server.port}`, region, credentials });
  cleanups.push(
    () => server.close(),
    async () => client.destroy(),
  );
  const definition = aDefinition({
    Task: aTask({
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
    }),
  });
  const created = await client.send(
    new CreateStateMachineCommand({
      name: 'waiting',
      roleArn: 'arn:aws:iam::123456789012:role/machine',
      definition: JSON.stringify(definition),
    }),
  );
  const started = await client.send(
    new StartExecutionCommand({ stateMachineArn: created.stateMachineArn, input: '{}' }),
  );
  return { place, client, executionArn: started.executionArn ?? '', taskToken: await token };
}

it('`SendTaskHeartbeat` and `SendTaskSuccess` of the SDK reach the task, once', async () => {
  const { place, client, executionArn, taskToken } = await openWaiting();
  await client.send(new SendTaskHeartbeatCommand({ taskToken }));
  await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: '{' }))).rejects.toMatchObject({
    name: 'InvalidOutput',
  });
  await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"a":1}' }));
  await place.ended(executionArn);
  const ended = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}' });
  for (const command of [
    new SendTaskSuccessCommand({ taskToken, output: '1' }),
    new SendTaskFailureCommand({ taskToken }),
    new SendTaskHeartbeatCommand({ taskToken }),
  ]) {
    await expect(client.send(command as SendTaskSuccessCommand)).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
  }
});

it('`SendTaskFailure` of the SDK fails the execution with its error and cause', async () => {
  const { place, client, executionArn, taskToken } = await openWaiting();
  await client.send(new SendTaskFailureCommand({ taskToken, error: 'Late', cause: 'too late' }));
  expect(await place.ended(executionArn)).toMatchObject({
    status: 'FAILED',
    error: 'Late',
    cause: 'too late',
  });
});

it('A text that is no token is refused as `InvalidToken`', async () => {
  const { client } = await openWaiting();
  await expect(
    client.send(new SendTaskSuccessCommand({ taskToken: 'other', output: '1' })),
  ).rejects.toMatchObject({ name: 'InvalidToken' });
});

it('The token of an execution that was stopped is `TaskTimedOut`', async () => {
  const { place, client, executionArn, taskToken } = await openWaiting();
  await place.call('StopExecution', { executionArn });
  await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }))).rejects.toMatchObject({
    name: 'TaskTimedOut',
  });
});
