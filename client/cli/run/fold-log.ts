/**
 * Divides the log of a build into the lines of the user's code, which are shown, and the lines of CodeBuild and of
 * codeseeder's own commands, which are folded into one line for each phase.
 */
import { OWN_COMMAND_MARK, TARGET_ERROR_LINE } from '../../../lib/contract/build-log.js';
import { type BuildLogLine, readBuildLogLine } from '../../build-log.js';
import { LineOwners, type OwnedLine } from '../../line-owners.js';
import { essentialLines } from './essential-lines.js';

/** What a log has to show. */
export type LogNews =
  | { readonly kind: 'line'; readonly line: string }
  | {
      readonly kind: 'phase';
      readonly phase: string;
      /** Undefined if the log has no times. */
      readonly durationMs: number | undefined;
      readonly hasSucceeded: boolean;
      /** Folded lines of a phase that failed, which may say why it failed. */
      readonly lines: readonly string[];
    };

/** Maximum number of folded lines of a command that are kept: its first line and the latest ones. */
const FOLDED_MAX = 1_000;

/** A command with its lines that are folded: its announcement, and its output unless it is the user's. */
interface FoldedCommand {
  readonly isUsers: boolean;
  readonly lines: string[];
  hasOutput: boolean;
  hasFailed: boolean;
}

interface Phase {
  readonly name: string;
  readonly startedAtMs: number | undefined;
  /** Lines before the first command have a command of their own. */
  readonly commands: FoldedCommand[];
  /** Number of dropped lines. */
  dropped: number;
  /** Set when CodeBuild has written that the phase ended. */
  end: { readonly atMs: number | undefined; readonly hasSucceeded: boolean } | undefined;
}

/** Folds a log that is read line by line. */
export class LogFold {
  /** Last folded line that tells a reader what happens: output, or a line of CodeBuild without its head. */
  lastFolded: string | undefined;
  #phase: Phase | undefined;
  /** Whether the next blank line may be the one that CodeBuild writes after the output of a command. */
  #hasHeldBlank = false;
  readonly #errorLines: string[] = [];
  readonly #owners: LineOwners;
  readonly #logCommand: string | undefined;

  /**
   * @param commands known commands of the user. Those with several lines are logged as several lines. More can be added
   *   while the log is read
   * @param logCommand command that prints the whole log, for a phase that shows a part of its lines
   */
  constructor(commands: readonly string[] = [], logCommand?: string) {
    this.#owners = new LineOwners(commands);
    this.#logCommand = logCommand;
  }

  /** Name of the phase that runs. */
  get phase(): string | undefined {
    return this.#phase?.end === undefined ? this.#phase?.name : undefined;
  }

  /** Returns what a line adds to show. */
  read(line: string): LogNews[] {
    const { read, owner } = this.#owners.read(line);
    if (read.kind === 'output') return this.#readOutput(line, owner);
    // CodeBuild writes a blank line between the output of a command and its own next line.
    this.#hasHeldBlank = false;
    const ended = read.kind === 'reason' ? [] : this.#takeEnd();
    return [...ended, ...this.#readOwn(read, line)];
  }

  /**
   * Returns what is left to show after the last line.
   * @param hasFailed whether the run failed: folded lines of a phase that did not end may say why
   * @param reported lines that are shown elsewhere as the error of the run
   */
  close(hasFailed: boolean, reported: ReadonlySet<string>): LogNews[] {
    const news = this.#takeEnd();
    const phase = this.#phase;
    if (hasFailed && phase !== undefined && phase.end === undefined) {
      const lines = linesToShow(phase, this.#logCommand);
      if (lines.length > 0)
        news.push({ kind: 'phase', phase: phase.name, durationMs: undefined, hasSucceeded: false, lines });
    }
    const rest = this.#errorLines.filter((line) => !reported.has(line));
    return [...news, ...rest.map((line) => ({ kind: 'line', line }) as const)];
  }

  #readOutput(line: string, owner: OwnedLine['owner']): LogNews[] {
    if (owner === 'other') {
      if (line.trim() !== '') this.lastFolded = line.trim();
      this.#fold(line, true);
    }
    const isOfError = owner === 'error' || owner === 'runner';
    if (isOfError && line !== TARGET_ERROR_LINE) this.#errorLines.push(line);
    if (owner !== 'user') return [];
    const before = this.#hasHeldBlank ? [{ kind: 'line', line: '' } as const] : [];
    this.#hasHeldBlank = line === '';
    return line === '' ? before : [...before, { kind: 'line', line }];
  }

  #readOwn(read: Exclude<BuildLogLine, { kind: 'output' }>, line: string): LogNews[] {
    switch (read.kind) {
      case 'entered':
        this.#enter(read.phase, read.atMs);
        return [];
      case 'command':
        this.#startCommand(line);
        return [];
      case 'completed':
        if (this.#phase?.name !== read.phase) this.#enter(read.phase, undefined);
        this.#end(read.state === 'SUCCEEDED', read.atMs);
        return [];
      default:
        // After a phase that succeeded, the reason is empty, and processes in the background may still print.
        if (this.#phase?.end?.hasSucceeded === true) return [];
        if (read.kind === 'commandFailed') this.#failCommand();
        if (read.kind === 'note') this.lastFolded = read.text.trim();
        // CodeBuild's reason for a failed command is part of the run's error.
        if (read.kind !== 'reason' || !this.#hasFailedCommand()) this.#fold(line, true);
        return [];
    }
  }

  #enter(name: string, startedAtMs: number | undefined): void {
    this.#phase = { name, startedAtMs, commands: [codeBuildItself()], dropped: 0, end: undefined };
    this.lastFolded = undefined;
  }

  #startCommand(line: string): void {
    const isUsers = this.#owners.output === 'user';
    this.#phase?.commands.push({ isUsers, lines: [], hasOutput: false, hasFailed: false });
    this.#fold(line, false);
  }

  #failCommand(): void {
    const command = this.#phase?.commands.at(-1);
    if (command !== undefined) command.hasFailed = true;
  }

  #hasFailedCommand(): boolean {
    return this.#phase?.commands.some(({ hasFailed }) => hasFailed) === true;
  }

  #end(hasSucceeded: boolean, atMs: number | undefined): void {
    if (this.#phase !== undefined) this.#phase.end = { atMs, hasSucceeded };
  }

  #takeEnd(): LogNews[] {
    const phase = this.#phase;
    if (phase?.end === undefined) return [];
    this.#phase = undefined;
    const { name, startedAtMs, end } = phase;
    const isEmpty = phase.commands.every(({ lines }) => lines.length === 0);
    if (end.hasSucceeded && isEmpty) return [];
    const durationMs =
      startedAtMs === undefined || end.atMs === undefined ? undefined : Math.max(0, end.atMs - startedAtMs);
    const lines = end.hasSucceeded ? [] : linesToShow(phase, this.#logCommand);
    return [{ kind: 'phase', phase: name, durationMs, hasSucceeded: end.hasSucceeded, lines }];
  }

  #fold(line: string, isOutput: boolean): void {
    const command = this.#phase?.commands.at(-1);
    if (command === undefined || this.#phase === undefined) return;
    command.hasOutput ||= isOutput;
    command.lines.push(line);
    if (command.lines.length <= FOLDED_MAX) return;
    command.lines.splice(1, 1);
    this.#phase.dropped += 1;
  }
}

function codeBuildItself(): FoldedCommand {
  return { isUsers: false, lines: [], hasOutput: false, hasFailed: false };
}

/**
 * Returns the folded lines of a phase that failed. If a command failed, these are the essential lines of its output.
 * Leaves out the output of the user's commands, which was shown when it was printed.
 */
function linesToShow({ commands, dropped }: Phase, logCommand: string | undefined): string[] {
  const failed = commands.find(({ hasFailed }) => hasFailed);
  if (failed?.isUsers === true) return [];
  const output = failed?.lines.filter((line) => readBuildLogLine(line).kind === 'output') ?? [];
  if (output.length > 0) return essentialLines(output, logCommand, dropped);
  const silent = failed === undefined ? commands.filter(isTelling) : [failed];
  const lines = silent
    .flatMap((command) => command.lines)
    .map((line) => line.replace(` ${OWN_COMMAND_MARK}`, ''));
  return dropped === 0 ? lines : [`(${dropped} lines are left out here)`, ...lines];
}

/** Returns whether a command that did not fail may say why its phase did. */
function isTelling({ isUsers, hasOutput }: FoldedCommand): boolean {
  return !isUsers && hasOutput;
}
