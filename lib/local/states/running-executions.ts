import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import type { GroupWriter } from './group-writer.js';
import type { Definition } from './interpreter/definition.js';
import type { HistoryEvent } from './interpreter/history.js';
import type { Integrations } from './interpreter/integration.js';
import type { MapRuns } from './interpreter/map-run.js';
import { type ExecutionEnd, runMachine, StopReason } from './interpreter/run-machine.js';
import type { TaskTokens } from './interpreter/task-tokens.js';
import { statusEvent } from './status-event.js';
import { eventChange, executionChanges, type StoredExecution, type StoredStates } from './stored-states.js';

/** Error and cause of executions that are aborted because the local AWS stops or was killed. */
const PLACE_STOPPED = {
  error: 'LocalAws.Stopped',
  cause: 'The local AWS was stopped while this execution ran.',
} as const;

/** Time before events that could not be written are written again. */
const WRITE_AGAIN_MS = 500;

interface Running {
  readonly execution: StoredExecution;
  readonly controller: AbortController;
  events: number;
  /** Resolves when the execution's end is recorded. */
  ended: Promise<void>;
}

interface Dependencies {
  readonly context: PlaceContext;
  readonly stored: StoredStates;
  readonly writer: GroupWriter;
  readonly integrations: Integrations;
  readonly tokens: TaskTokens;
  readonly mapRuns: () => MapRuns;
  readonly events: EventSender;
}

/** The running executions. */
export type RunningExecutions = ReturnType<typeof createRunningExecutions>;

export function createRunningExecutions(dependencies: Dependencies) {
  const running = new Map<string, Running>();
  const announcements = new Set<Promise<void>>();
  const closing = new AbortController();
  const announceSoon = (execution: StoredExecution): void => {
    const sent: Promise<void> = announce(dependencies, execution).finally(() => announcements.delete(sent));
    announcements.add(sent);
  };
  return {
    get: (arn: string) => running.get(arn)?.execution,
    /** Returns the current number of events in an execution's history. */
    eventCount: (arn: string) => running.get(arn)?.events,
    /**
     * Starts an execution. Resolves when its record is stored; the execution then continues in the background.
     * @throws AwsError `ServiceUnavailable` while the local AWS is being stopped
     */
    async start(execution: StoredExecution, definition: Definition): Promise<void> {
      if (closing.signal.aborted)
        throw new AwsError('ServiceUnavailable', 'The local AWS is being stopped.', 503);
      // Writes the record itself instead of adding it to the writer. After a failure, the writer would repeat the
      // write, although the caller has received an error.
      const recorded = dependencies.stored
        .write(executionChanges(execution))
        .then(() => announceSoon(execution));
      const controller = new AbortController();
      const entry: Running = { execution, controller, events: 0, ended: Promise.resolve() };
      // Added before the first await, so that close() finds every started execution.
      running.set(execution.arn, entry);
      entry.ended = recorded
        .then(() => runToEnd(dependencies, entry, definition, closing.signal))
        // If the record was not stored, the execution does not start, and `await recorded` throws the error.
        .then(announceSoon, () => undefined)
        .finally(() => running.delete(execution.arn));
      await recorded;
    },
    /** Stops an execution. Resolves when it has ended, or immediately if it is not running. */
    async stop(arn: string, error?: string, cause?: string): Promise<void> {
      const entry = running.get(arn);
      entry?.controller.abort(new StopReason(error, cause));
      await entry?.ended;
    },
    /** Resolves when the execution has ended, or immediately if it is not running. */
    ended: async (arn: string) => running.get(arn)?.ended,
    /** Ends the executions that were running when the local AWS was killed. */
    async endAbandoned(): Promise<void> {
      for (const execution of await dependencies.stored.unfinished()) {
        announceSoon(await endAbandoned(dependencies, execution, closing.signal));
      }
    },
    /** Stops all executions. Resolves when they have ended. */
    async close(): Promise<void> {
      closing.abort();
      const entries = [...running.values()];
      const { error, cause } = PLACE_STOPPED;
      for (const { controller } of entries) controller.abort(new StopReason(error, cause));
      await Promise.all(entries.map(({ ended }) => ended));
      await Promise.all(announcements);
    },
  };
}

async function runToEnd(
  dependencies: Dependencies,
  entry: Running,
  definition: Definition,
  closing: AbortSignal,
): Promise<StoredExecution> {
  const { context, writer, integrations, tokens, mapRuns } = dependencies;
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
    tokens,
    mapRuns: mapRuns(),
    clock: context.clock,
    signal: controller.signal,
    flushed: () => untilWritten(dependencies, controller.signal),
    transitionDelayMs: () => context.quotas.reserve({ service: 'states', operation: 'StateTransition' }),
    onEvent: (event) => {
      entry.events = event.id;
      writer.add([eventChange(execution.arn, event)]);
    },
  });
  return recordEnd(dependencies, execution, { end, eventCount: entry.events }, closing);
}

async function endAbandoned(
  dependencies: Dependencies,
  execution: StoredExecution,
  closing: AbortSignal,
): Promise<StoredExecution> {
  const id = (await dependencies.stored.lastEventId(execution.arn)) + 1;
  const aborted: HistoryEvent = {
    id,
    previousEventId: 0,
    timestamp: dependencies.context.clock.now(),
    type: 'ExecutionAborted',
    executionAbortedEventDetails: PLACE_STOPPED,
  };
  dependencies.writer.add([eventChange(execution.arn, aborted)]);
  const end: ExecutionEnd = { status: 'ABORTED', ...PLACE_STOPPED };
  return recordEnd(dependencies, execution, { end, eventCount: id }, closing);
}

/**
 * Records the end of an execution. While the end cannot be stored, for example on a full disk, the execution stays
 * running.
 */
async function recordEnd(
  dependencies: Dependencies,
  execution: StoredExecution,
  { end, eventCount }: { readonly end: ExecutionEnd; readonly eventCount: number },
  closing: AbortSignal,
): Promise<StoredExecution> {
  const { context, writer } = dependencies;
  const ended: StoredExecution = { ...execution, ...end, stoppedAtMs: context.clock.now(), eventCount };
  writer.add(executionChanges(ended));
  await untilWritten(dependencies, closing).catch((error: unknown) => {
    context.reportProblem(`The end of execution ${execution.arn} could not be recorded`, error);
  });
  return ended;
}

/**
 * Resolves when all changes added so far are stored. Repeats a failed write.
 * @throws Error of the last attempt when the signal is aborted
 */
async function untilWritten({ context, writer }: Dependencies, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await writer.flush();
    } catch (error) {
      await context.clock.sleep(WRITE_AGAIN_MS, signal).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}

async function announce({ context, events }: Dependencies, execution: StoredExecution): Promise<void> {
  try {
    await events.send(statusEvent(execution));
  } catch (error) {
    context.reportProblem(
      `The status ${execution.status} of ${execution.arn} could not be sent as an event`,
      error,
    );
  }
}
