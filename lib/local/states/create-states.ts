import { lateBound } from '../late-bound.js';
import type { PlaceContext } from '../place-context.js';
import type { Objects } from '../ports.js';
import { jsonService } from '../wire/json-service.js';
import { operation, serviceOperations } from '../wire/operation.js';
import { executionOperations } from './execution-operations.js';
import { getExecutionHistory, getExecutionHistoryMembers } from './execution-history.js';
import { openGroupWriter } from './group-writer.js';
import { createIntegrations, type IntegratedServices } from './integrations/create-integrations.js';
import { type NestedExecutions, startExecution } from './integrations/start-execution.js';
import { stopExecution } from './integrations/stop-execution.js';
import type { Integrations } from './interpreter/integration.js';
import { createMachineCatalogue } from './machine-catalogue.js';
import { machineOperations } from './machine-operations.js';
import { createMapRuns, type OpenMapRuns } from './map-runs.js';
import { mapRunOperations } from './map-run-operations.js';
import { createRunningExecutions } from './running-executions.js';
import { startExecutionOperation } from './start-execution.js';
import { TaskTokens } from './interpreter/task-tokens.js';
import { stateMachineProvider } from './state-machine-provider.js';
import { openStoredStates } from './stored-states.js';
import { taskOperations } from './task-operations.js';

/** The services that state machines use. */
export interface StatesServices extends IntegratedServices {
  /** S3, where distributed Map states read items and write results. */
  readonly objects: Objects;
}

/** Step Functions, and the functions by which other services call it. */
export type States = Awaited<ReturnType<typeof createStates>>;

/**
 * Opens Step Functions with its recorded machines and executions. Executions that a killed process left running are
 * recorded as aborted, and their status events are sent.
 */
export async function createStates(context: PlaceContext, services: StatesServices) {
  const stored = openStoredStates(context);
  const writer = openGroupWriter(stored, (error) =>
    context.reportProblem('Executions could not be recorded', error),
  );
  const executions = lateBound<NestedExecutions>('Step Functions');
  const integrations = allIntegrations(services, () => executions.get());
  const machines = createMachineCatalogue(context, stored, integrations);
  const tokens = new TaskTokens();
  const { events } = services;
  const late = lateBound<OpenMapRuns>('Map runs');
  const running = createRunningExecutions({
    context,
    stored,
    writer,
    integrations,
    tokens,
    events,
    mapRuns: () => late.get().runs,
  });
  const mapRuns = createMapRuns({ context, stored, writer, running, objects: services.objects });
  late.bind(mapRuns);
  await running.endAbandoned();
  await mapRuns.endAbandoned();
  const operations = serviceOperations('ValidationException', {
    ...machineOperations(machines, stored),
    ...executionOperations({ stored, machines, running }),
    ...mapRunOperations({ stored, mapRuns }),
    ...taskOperations(tokens),
    StartExecution: startExecutionOperation({ context, stored, machines, running }),
    GetExecutionHistory: operation(getExecutionHistoryMembers, (input) =>
      getExecutionHistory({ stored, running, writer }, input),
    ),
  });
  executions.bind({
    start(input) {
      context.quotas.take({ service: 'states', operation: 'StartExecution' });
      return operations.StartExecution(input);
    },
    ended: running.ended,
    stop: operations.StopExecution,
    describe: (executionArn) => operations.DescribeExecution({ executionArn }),
  });
  return {
    /** The operation `StartExecution`, for other services. */
    startExecution: operations.StartExecution,
    service: jsonService({
      signingName: 'states',
      targetPrefix: 'AWSStepFunctions',
      jsonVersion: '1.0',
      operations,
    }),
    resourceProviders: [stateMachineProvider(machines)],
    /**
     * Aborts the running executions, with the cause that the local AWS was stopped, and sends their status events.
     */
    close: () => running.close(),
  };
}

function allIntegrations(services: IntegratedServices, executions: () => NestedExecutions): Integrations {
  return { ...createIntegrations(services), ...startExecution(executions), ...stopExecution(executions) };
}
