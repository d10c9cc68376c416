import type { Run } from '../../seedkit-types.js';
import { InterruptedError } from '../exit-code.js';
import { unlessAborted, type EndSignal } from '../signals.js';
import { printLine, type Terminal } from '../terminal.js';
import { askWhatToDo } from './ask-what-to-do.js';
import type { ProgressDisplay } from './progress-display.js';

/** What signals do to a command that starts a run and waits for it. */
export interface Interruption {
  /** Aborts at the first signal, for what comes before there is a run. */
  readonly submitting: AbortSignal;
  /** Aborts when the run is left. */
  readonly waiting: AbortSignal;
  /** From here on signals are about the run; one that came before is heeded now. */
  follow(run: Run): void;
  /** Whether the run was canceled from here. */
  readonly isCanceling: boolean;
  /** Waits for what a signal cannot have wait longer. @throws InterruptedError as soon as the command is to be left */
  orLeft<T>(work: Promise<T>): Promise<T>;
  close(): void;
}

/**
 * The first signal ends what is not a run yet. Of a run, Ctrl-C on a terminal asks what to do; elsewhere it cancels the
 * run, and so does SIGTERM. A signal while that goes on leaves at once, as the end of the terminal does.
 *
 * @param runId the id that the run has or will have
 */
export function openInterruption(terminal: Terminal, display: ProgressDisplay, runId: string): Interruption {
  const submitting = new AbortController();
  const waiting = new AbortController();
  const over = new AbortController();
  let followed: Run | undefined;
  let early: EndSignal | undefined;
  let isBusy = false;
  let isCanceling = false;
  const giveBack = terminal.takeSignals((signal) => {
    if (isBusy || signal === 'SIGHUP') leave();
    else if (followed === undefined) endSubmission(signal);
    else void heed(signal, followed);
  });
  return {
    submitting: AbortSignal.any([terminal.interrupted, submitting.signal]),
    waiting: waiting.signal,
    follow(run) {
      followed = run;
      isBusy = false;
      if (early !== undefined) void heed(early, run);
    },
    get isCanceling() {
      return isCanceling;
    },
    orLeft: (work) => unlessAborted(work, waiting.signal),
    close() {
      giveBack();
      over.abort();
    },
  };

  function endSubmission(signal: EndSignal): void {
    early = signal;
    isBusy = true;
    submitting.abort(
      new InterruptedError(`Received ${signal} before the run ${runId} was known to have started.`),
    );
  }

  async function heed(signal: EndSignal, run: Run): Promise<void> {
    isBusy = true;
    try {
      const wanted = canAsk(signal) ? await ask(run) : 'cancel';
      if (wanted === 'detach') leave();
      if (wanted === 'cancel') await cancel(run, signal);
      else isBusy = false;
    } catch (error) {
      printLine(terminal.stderr, `The run ${run.id} could not be canceled and goes on.`);
      fail(error);
    }
  }

  function canAsk(signal: EndSignal): boolean {
    return signal === 'SIGINT' && terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
  }

  async function ask(run: Run) {
    display.pause();
    try {
      return await askWhatToDo(run.id, terminal, AbortSignal.any([waiting.signal, over.signal]));
    } finally {
      display.resume();
    }
  }

  async function cancel(run: Run, signal: EndSignal): Promise<void> {
    display.pause();
    printLine(terminal.stderr, `Canceling the run ${run.id}. Press Ctrl-C again to leave at once.`);
    display.resume();
    isCanceling = true;
    await run.cancel(`codeseeder received ${signal}`);
  }

  function leave(): void {
    fail(new InterruptedError(whatIsLeft()));
  }

  function whatIsLeft(): string {
    if (followed === undefined)
      return `Left before the run ${runId} was known to have started. To see whether it has: codeseeder runs show ${runId}`;
    return isCanceling
      ? `Left the run ${runId}, which is being canceled: codeseeder runs show ${runId}`
      : `Left the run ${runId}, which goes on: codeseeder runs wait ${runId}`;
  }

  function fail(error: unknown): void {
    waiting.abort(error);
    submitting.abort(error);
  }
}
