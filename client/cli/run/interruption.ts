import type { Run } from '../../run-types.js';
import { InterruptedError } from '../exit-code.js';
import { unlessAborted, type EndSignal } from '../signals.js';
import { repeatedOf } from '../next-commands.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { printProblem } from '../print-problem.js';
import { isInteractive, printLine, type Terminal } from '../terminal.js';
import { askForDecision } from './ask-for-decision.js';
import type { ProgressDisplay } from './progress-display.js';

/** Flags of a command that starts a run. */
interface InterruptedFlags extends SeedkitOption {
  readonly detach?: boolean | undefined;
}

/** The reason why a command that waits for a run ends. */
type EndReason = EndSignal | 'end of the starter';

/**
 * Handles the signals of a command that starts a run and waits for it. A command that leaves the run ends, while the
 * run continues.
 */
export interface Interruption {
  /** Aborts on the first signal before there is a run. */
  readonly submitting: AbortSignal;
  /** Aborts when the command leaves the run. */
  readonly waiting: AbortSignal;
  /** Applies signals to the run from now on, including a signal that came before. */
  follow(run: Run): void;
  /** Whether this command has requested the run's cancellation. */
  readonly isCanceling: boolean;
  /** Waits for work until the command leaves the run. @throws InterruptedError when the command leaves the run */
  untilLeft<T>(work: Promise<T>): Promise<T>;
  /** Stops handling signals. */
  close(): void;
}

/**
 * Starts handling signals.
 *
 * - Before there is a run, the first signal ends the submission.
 * - On a terminal, Ctrl-C asks whether to cancel the run, to leave it or to wait. Elsewhere it cancels the run, as do
 *   SIGTERM and the end of the process that started this one.
 * - After a second signal, or when the terminal is closed, the command leaves the run at once.
 *
 * @param runId id that the run has or will have
 * @param flags flags of the command. Unless it detaches, the end of its starter counts as a signal
 */
export function openInterruption(
  terminal: Terminal,
  display: ProgressDisplay,
  runId: string,
  flags: InterruptedFlags,
): Interruption {
  return new RunInterruption(terminal, display, runId, flags);
}

class RunInterruption implements Interruption {
  readonly submitting: AbortSignal;
  readonly waiting: AbortSignal;
  isCanceling = false;
  private readonly terminal: Terminal;
  private readonly display: ProgressDisplay;
  private readonly runId: string;
  private readonly flags: InterruptedFlags;
  private readonly submission = new AbortController();
  private readonly wait = new AbortController();
  private readonly closed = new AbortController();
  private readonly stopListening: (() => void)[];
  private followed: Run | undefined;
  private earlyReason: EndReason | undefined;
  /** Whether a signal is being handled. If another signal comes, the command leaves the run. */
  private isBusy = false;

  constructor(terminal: Terminal, display: ProgressDisplay, runId: string, flags: InterruptedFlags) {
    this.terminal = terminal;
    this.display = display;
    this.runId = runId;
    this.flags = flags;
    this.submitting = AbortSignal.any([terminal.interrupted, this.submission.signal]);
    this.waiting = this.wait.signal;
    this.stopListening = [
      terminal.takeSignals((signal) => this.onSignal(signal)),
      flags.detach === true ? () => undefined : terminal.watchStarter(() => this.onStarterEnded()),
    ];
  }

  follow(run: Run): void {
    this.followed = run;
    this.isBusy = false;
    if (this.earlyReason !== undefined) void this.decideOn(run, this.earlyReason);
  }

  untilLeft<T>(work: Promise<T>): Promise<T> {
    return unlessAborted(work, this.waiting);
  }

  close(): void {
    for (const stop of this.stopListening) stop();
    this.closed.abort();
  }

  private onSignal(signal: EndSignal): void {
    if (this.isBusy || signal === 'SIGHUP') this.leave();
    else this.handle(signal);
  }

  private onStarterEnded(): void {
    if (!this.isBusy) this.handle('end of the starter');
  }

  private handle(reason: EndReason): void {
    if (this.followed === undefined) this.endSubmission(reason);
    else void this.decideOn(this.followed, reason);
  }

  private endSubmission(reason: EndReason): void {
    this.earlyReason = reason;
    this.isBusy = true;
    this.submission.abort(
      new InterruptedError(
        `Ended because ${describeReason(reason)}, before the run ${this.runId} was known to have started. To see whether it has started: ${this.commandOf('show')}`,
      ),
    );
  }

  private async decideOn(run: Run, reason: EndReason): Promise<void> {
    this.isBusy = true;
    try {
      const decision = this.canAsk(reason) ? await this.ask(run) : 'cancel';
      if (decision === 'detach') this.leave();
      if (decision === 'cancel') await this.cancel(run, reason);
      else this.isBusy = false;
    } catch (error) {
      printLine(this.terminal.stderr, `The run ${run.id} could not be canceled and continues.`);
      this.fail(error);
    }
  }

  private canAsk(reason: EndReason): boolean {
    const { stdin, stderr } = this.terminal;
    return reason === 'SIGINT' && stdin.isTTY === true && stderr.isTTY === true;
  }

  private async ask(run: Run) {
    this.display.pause();
    try {
      const over = AbortSignal.any([this.waiting, this.closed.signal]);
      return await askForDecision(run.id, this.terminal, over);
    } finally {
      this.display.resume();
    }
  }

  private async cancel(run: Run, reason: EndReason): Promise<void> {
    this.display.pause();
    const second = isInteractive(this.terminal) ? 'Press Ctrl-C again to leave' : 'A second signal leaves it';
    printProblem(this.terminal, `Canceling the run ${run.id}. ${second} at once.`);
    this.display.resume();
    this.isCanceling = true;
    await run.cancel(describeReason(reason));
  }

  private leave(): void {
    this.fail(new InterruptedError(this.describeLeft()));
  }

  private describeLeft(): string {
    const { followed, runId, isCanceling } = this;
    if (followed === undefined)
      return `Left before the run ${runId} was known to have started. To see whether it has started: ${this.commandOf('show')}`;
    return isCanceling
      ? `Left the run ${runId}, which is being canceled: ${this.commandOf('show')}`
      : `Left the run ${runId}, which continues. To wait for it: ${this.commandOf('wait')}`;
  }

  private commandOf(verb: 'show' | 'wait'): string {
    return repeatedOf(`runs ${verb} ${this.runId}`, this.flags, this.terminal);
  }

  private fail(error: unknown): void {
    this.wait.abort(error);
    this.submission.abort(error);
  }
}

function describeReason(reason: EndReason): string {
  return reason === 'end of the starter'
    ? 'the process that started codeseeder ended'
    : `codeseeder received ${reason}`;
}
