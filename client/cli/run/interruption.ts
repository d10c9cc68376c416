import type { Run } from '../../seedkit-types.js';
import { InterruptedError } from '../exit-code.js';
import { unlessAborted, type EndSignal } from '../signals.js';
import { printLine, type Terminal } from '../terminal.js';
import { askWhatToDo } from './ask-what-to-do.js';
import type { ProgressDisplay } from './progress-display.js';

/** Why a command that waits for a run is to end. */
type EndReason = EndSignal | 'end of the starter';

const STARTER_ENDED = 'the process that started codeseeder ended';

function describeReason(reason: EndReason): string {
  return reason === 'end of the starter' ? STARTER_ENDED : `codeseeder received ${reason}`;
}

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
 * run, and so do SIGTERM and the end of the process that started this one. A signal while that goes on leaves at once,
 * as the end of the terminal does.
 *
 * @param runId the id that the run has or will have
 * @param endsWithStarter whether the end of the starter counts
 */
export function openInterruption(
  terminal: Terminal,
  display: ProgressDisplay,
  runId: string,
  endsWithStarter: boolean,
): Interruption {
  const submitting = new AbortController();
  const waiting = new AbortController();
  const over = new AbortController();
  let followed: Run | undefined;
  let early: EndReason | undefined;
  let isBusy = false;
  let isCanceling = false;
  const takeEnd = (reason: EndReason) => {
    if (followed === undefined) endSubmission(reason);
    else void heed(reason, followed);
  };
  const giveBack = terminal.takeSignals((signal) => {
    if (isBusy || signal === 'SIGHUP') leave();
    else takeEnd(signal);
  });
  const forgetStarter = endsWithStarter
    ? terminal.watchStarter(() => {
        if (!isBusy) takeEnd('end of the starter');
      })
    : () => undefined;
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
      forgetStarter();
      over.abort();
    },
  };

  function endSubmission(reason: EndReason): void {
    early = reason;
    isBusy = true;
    submitting.abort(
      new InterruptedError(
        `Ended because ${describeReason(reason)}, before the run ${runId} was known to have started.`,
      ),
    );
  }

  async function heed(reason: EndReason, run: Run): Promise<void> {
    isBusy = true;
    try {
      const wanted = canAsk(reason) ? await ask(run) : 'cancel';
      if (wanted === 'detach') leave();
      if (wanted === 'cancel') await cancel(run, reason);
      else isBusy = false;
    } catch (error) {
      printLine(terminal.stderr, `The run ${run.id} could not be canceled and goes on.`);
      fail(error);
    }
  }

  function canAsk(reason: EndReason): boolean {
    return reason === 'SIGINT' && terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
  }

  async function ask(run: Run) {
    display.pause();
    try {
      return await askWhatToDo(run.id, terminal, AbortSignal.any([waiting.signal, over.signal]));
    } finally {
      display.resume();
    }
  }

  async function cancel(run: Run, reason: EndReason): Promise<void> {
    display.pause();
    printLine(terminal.stderr, `Canceling the run ${run.id}. Press Ctrl-C again to leave at once.`);
    display.resume();
    isCanceling = true;
    await run.cancel(describeReason(reason));
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
