import {
  CreateStateMachineCommand,
  type CreateStateMachineCommandOutput,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

import { aDefinition } from '../states/a-machine.js';

/** Creates a state machine. */
export function createMachine(
  sfn: SFNClient,
  states: Readonly<Record<string, object>>,
): Promise<CreateStateMachineCommandOutput> {
  return sfn.send(
    new CreateStateMachineCommand({
      name: 'machine',
      roleArn: 'arn:aws:iam::123456789012:role/machine',
      definition: JSON.stringify(aDefinition(states)),
    }),
  );
}

/** Runs a state machine, and returns its execution after it has ended. */
export async function endOf(
  sfn: SFNClient,
  states: Readonly<Record<string, object>>,
): Promise<DescribeExecutionCommandOutput> {
  const { stateMachineArn } = await createMachine(sfn, states);
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  for (;;) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
