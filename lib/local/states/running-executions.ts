import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import type { GroupWriter } from './group-writer.js';
import type { Definition } from './interpreter/definition.js';
import type { HistoryEvent } from './interpreter/history.js';
import type { Integrations } from './interpreter/integration.js';
import { type ExecutionEnd, runMachine, StopReason } from './interpreter/run-machine.js';
import { statusEvent } from './status-event.js';
import { eventChange, executionChanges, type StoredExecution, type StoredStates } from './stored-states.js';

/** Why executions end when the place does. */
const PLACE_STOPPED = {
  error: 'LocalPlace.Stopped',
  cause: 'The local place was stopped while this execution ran.',
} as const;

/** The executions that have no end yet. */
export interface RunningExecutions {
  /**
   * Resolves once the execution is recorded; it then goes on by itself.
   * @throws AwsError `ServiceUnavailable` once the place is being stopped
   */
  start(execution: StoredExecution, definition: Definition): Promise<void>;
  get(arn: string): StoredExecution | undefined;
  /** Events that an execution's history has so far. */
  eventCount(arn: string): number | undefined;
  /** Resolves once the execution has its end; at once when it does not run. */
  stop(arn: string, error?: string, cause?: string): Promise<void>;
  /** Ends those that ran when the place was killed. */
  endAbandoned(): Promise<void>;
  /** Ends all. */
  close(): Promise<void>;
}

interface Running {
  readonly execution: StoredExecution;
  readonly controller: AbortController;
  events: number;
  /** Until the execution's end is recorded. */
  ended: Promise<void>;
}

interface Means {
  readonly context: PlaceContext;
  readonly stored: StoredStates;
  readonly writer: GroupWriter;
  readonly integrations: Integrations;
  readonly events: EventSender;
}

export function createRunningExecutions(means: Means): RunningExecutions {
  const running = new Map<string, Running>();
  const announcements = new Set<Promise<void>>();
  let isClosing = false;
  const announceSoon = (execution: StoredExecution): void => {
    const sent: Promise<void> = announce(means, execution).finally(() => announcements.delete(sent));
    announcements.add(sent);
  };
  return {
    get: (arn) => running.get(arn)?.execution,
    eventCount: (arn) => running.get(arn)?.events,
    async start(execution, definition) {
      if (isClosing) throw new AwsError('ServiceUnavailable', 'The local place is being stopped.', 503);
      means.writer.add(executionChanges(execution));
      const recorded = means.writer.flush().then(() => announceSoon(execution));
      const controller = new AbortController();
      const entry: Running = { execution, controller, events: 0, ended: Promise.resolve() };
      // Known from the first moment, so that an execution cannot slip past a place that closes.
      running.set(execution.arn, entry);
      entry.ended = recorded
        .then(() => runToEnd(means, entry, definition))
        // What could not be recorded never began, and the one who asked for it is told below.
        .then(announceSoon, () => undefined)
        .finally(() => running.delete(execution.arn));
      await recorded;
    },
    async stop(arn, error, cause) {
      const entry = running.get(arn);
      entry?.controller.abort(new StopReason(error, cause));
      await entry?.ended;
    },
    async endAbandoned() {
      for (const execution of await means.stored.unfinished()) {
        announceSoon(await endAbandoned(means, execution));
      }
    },
    async close() {
      isClosing = true;
      const entries = [...running.values()];
      const { error, cause } = PLACE_STOPPED;
      for (const { controller } of entries) controller.abort(new StopReason(error, cause));
      await Promise.all(entries.map(({ ended }) => ended));
      await Promise.all(announcements);
    },
  };
}

async function runToEnd(means: Means, entry: Running, definition: Definition): Promise<StoredExecution> {
  const { context, writer, integrations } = means;
  const { execution, controller } = entry;
  const end = await runMachine({
    definition,
    identity: {
      executionArn: execution.arn,
      name: execution.name,
      roleArn: execution.roleArn,
      startedAtMs: execution.startedAtMs,
      stateMachineArn: execution.machineArn,
      stateMachineName: execution.machineName,
      region: context.region,
    },
    input: execution.input,
    integrations,
    clock: context.clock,
    signal: controller.signal,
    flushed: () => writer.flush(),
    onEvent: (event) => {
      entry.events = event.id;
      writer.add([eventChange(execution.arn, event)]);
    },
  });
  return recordEnd(means, execution, end, entry.events);
}

async function endAbandoned(means: Means, execution: StoredExecution): Promise<StoredExecution> {
  const id = (await means.stored.lastEventId(execution.arn)) + 1;
  const aborted: HistoryEvent = {
    id,
    previousEventId: 0,
    timestamp: means.context.clock.now(),
    type: 'ExecutionAborted',
    executionAbortedEventDetails: PLACE_STOPPED,
  };
  means.writer.add([eventChange(execution.arn, aborted)]);
  return recordEnd(means, execution, { status: 'ABORTED', ...PLACE_STOPPED }, id);
}

async function recordEnd(
  { context, writer }: Means,
  execution: StoredExecution,
  end: ExecutionEnd,
  eventCount: number,
): Promise<StoredExecution> {
  const ended: StoredExecution = { ...execution, ...end, stoppedAtMs: context.clock.now(), eventCount };
  writer.add(executionChanges(ended));
  await writer.flush().catch((error: unknown) => {
    context.reportProblem(`The end of execution ${execution.arn} could not be kept`, error);
  });
  return ended;
}

async function announce({ context, events }: Means, execution: StoredExecution): Promise<void> {
  try {
    await events.send(statusEvent(execution));
  } catch (error) {
    context.reportProblem(`The status ${execution.status} of ${execution.arn} could not be announced`, error);
  }
}
