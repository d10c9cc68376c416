import type { PlaceContext } from '../place-context.js';
import type { ResourceProvider } from '../template/resource-provider.js';
import { jsonService } from '../wire/json-service.js';
import type { WireService } from '../wire/wire-service.js';
import { executionOperations } from './execution-operations.js';
import { getExecutionHistory } from './execution-history.js';
import { openGroupWriter } from './group-writer.js';
import { createIntegrations, type IntegratedServices } from './integrations/create-integrations.js';
import { createMachineCatalogue } from './machine-catalogue.js';
import { machineOperations } from './machine-operations.js';
import { createRunningExecutions } from './running-executions.js';
import { createExecutionStarter, type ExecutionStarter } from './start-execution.js';
import { stateMachineProvider } from './state-machine-provider.js';
import { openStoredStates } from './stored-states.js';

/** Step Functions of the place. */
export interface States extends ExecutionStarter {
  readonly service: WireService;
  readonly resourceProviders: readonly ResourceProvider[];
  /** Ends what runs, with a cause that says so, and announces it. */
  close(): Promise<void>;
}

/** Reads back what is recorded; executions that ran when the place was killed are ended and announced. */
export async function createStates(context: PlaceContext, services: IntegratedServices): Promise<States> {
  const stored = openStoredStates(context);
  const writer = openGroupWriter(stored, (error) =>
    context.reportProblem('Executions could not be recorded', error),
  );
  const integrations = createIntegrations(services);
  const machines = createMachineCatalogue(context, stored, integrations);
  const running = createRunningExecutions({ context, stored, writer, integrations, events: services.events });
  await running.endAbandoned();
  const starter = createExecutionStarter({ context, stored, machines, running });
  const service = jsonService({
    signingName: 'states',
    targetPrefix: 'AWSStepFunctions',
    jsonVersion: '1.0',
    operations: {
      ...machineOperations(machines, stored),
      ...executionOperations({ stored, machines, running }),
      StartExecution: (input: object) => starter.startExecution(input),
      GetExecutionHistory: (input: object) => getExecutionHistory({ stored, running, writer }, input),
    },
  });
  return {
    ...starter,
    service,
    resourceProviders: [stateMachineProvider(machines)],
    close: () => running.close(),
  };
}
