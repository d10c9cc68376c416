import { sleepUntil } from '../../clock.js';
import type { Definition } from './definition.js';
import type { Execution, ExecutionServices } from './execution.js';
import { History, type HistoryEvent, HistoryFull, HISTORY_MAX_EVENTS, WHOLE } from './history.js';
import { DeclaredFailure, RUNTIME, StateError } from './state-error.js';
import { walk } from './walk.js';

/** Abort reason of the signal that stops an execution. */
export class StopReason extends Error {
  readonly error: string | undefined;
  readonly stopCause: string | undefined;

  constructor(error?: string, cause?: string) {
    super(cause ?? error ?? 'The execution was stopped');
    this.error = error;
    this.stopCause = cause;
  }
}

export type ExecutionEnd =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | {
      readonly status: 'FAILED' | 'ABORTED';
      readonly error?: string | undefined;
      readonly cause?: string | undefined;
    }
  | { readonly status: 'TIMED_OUT' };

export interface MachineRun extends ExecutionServices {
  readonly definition: Definition;
  /** JSON text. */
  readonly input: string;
  /** Stops the execution when it aborts. Its abort reason is a {@link StopReason}. */
  readonly signal: AbortSignal;
  /** Receives each event of the history. */
  readonly onEvent: (event: HistoryEvent) => void;
  /**
   * Resolves when all events recorded so far are stored. A task waits for it before it calls a service.
   * @default resolves immediately
   */
  readonly flushed?: () => Promise<void>;
  /**
   * Counts a state transition against the quota. Returns the milliseconds by which the transition must be delayed.
   * @default no delay
   */
  readonly transitionDelayMs?: () => number;
  /** Returns a number in [0, 1), for jitter. @default Math.random */
  readonly random?: () => number;
}

/** Thrown if the execution exceeds the timeout of its machine. */
class ExecutionTimeout extends Error {}

/** Stops the timer of an execution that has ended. */
const MACHINE_OVER = new Error('The execution has ended.');

/** Runs a machine to its end. A failure is returned and not thrown. */
export async function runMachine(run: MachineRun): Promise<ExecutionEnd> {
  const over = new AbortController();
  const stop = () => over.abort(run.signal.reason);
  if (run.signal.aborted) stop();
  run.signal.addEventListener('abort', stop, { once: true });
  const timer = new AbortController();
  limitTime(run, over, timer.signal);
  const history = new History(() => run.clock.now(), run.onEvent);
  try {
    const output = await runStates(run, history, over.signal);
    return { status: 'SUCCEEDED', output };
  } catch (error) {
    return recordEnd(history, over.signal.aborted ? over.signal.reason : error);
  } finally {
    timer.abort(MACHINE_OVER);
    run.signal.removeEventListener('abort', stop);
  }
}

function limitTime(run: MachineRun, over: AbortController, signal: AbortSignal): void {
  const { timeoutSeconds } = run.definition;
  if (timeoutSeconds === undefined) return;
  const deadlineMs = run.identity.startedAtMs + timeoutSeconds * 1_000;
  sleepUntil(run.clock, deadlineMs, signal).then(
    () => over.abort(new ExecutionTimeout()),
    () => undefined,
  );
}

/** Runs the states of a machine. @returns the execution's output */
async function runStates(run: MachineRun, history: History, signal: AbortSignal): Promise<string> {
  const { definition, identity } = run;
  const input = JSON.parse(run.input) as unknown;
  history.recordStart(identity.startedAtMs, {
    executionStartedEventDetails: { input: run.input, inputDetails: WHOLE, roleArn: identity.roleArn },
  });
  const execution: Execution = {
    random: Math.random,
    flushed: () => Promise.resolve(),
    transitionDelayMs: () => 0,
    ...run,
    input,
    history,
    signal,
    variables: {},
    walk,
  };
  const { text: output } = await walk(execution, definition, { value: input, text: run.input });
  history.record('ExecutionSucceeded', {
    executionSucceededEventDetails: { output, outputDetails: WHOLE },
  });
  return output;
}

function recordEnd(history: History, reason: unknown): ExecutionEnd {
  if (reason instanceof StopReason) {
    const details = { error: reason.error, cause: reason.stopCause };
    history.recordEnd('ExecutionAborted', { executionAbortedEventDetails: details });
    return { status: 'ABORTED', ...details };
  }
  if (reason instanceof ExecutionTimeout) {
    history.recordEnd('ExecutionTimedOut', { executionTimedOutEventDetails: { error: 'States.Timeout' } });
    return { status: 'TIMED_OUT' };
  }
  const { error, stateCause } = asStateError(reason);
  const details = { error, cause: stateCause };
  history.recordEnd('ExecutionFailed', { executionFailedEventDetails: details });
  return { status: 'FAILED', ...details };
}

function asStateError(reason: unknown): StateError | DeclaredFailure {
  if (reason instanceof StateError || reason instanceof DeclaredFailure) return reason;
  if (reason instanceof HistoryFull) {
    return new StateError(
      RUNTIME,
      `The execution reached the maximum number of history events (${HISTORY_MAX_EVENTS}).`,
    );
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  return new StateError(RUNTIME, `The local AWS failed: ${message}`);
}
