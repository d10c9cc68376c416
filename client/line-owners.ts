/**
 * Tells the lines of the user's code from those of CodeBuild and of codeseeder's own commands, for the command line and
 * the console, which fold the latter.
 */
import { TARGET_ERROR_LINE } from '../lib/contract/build-log.js';
import { type BuildLogLine, readBuildLogLine } from './build-log.js';

/**
 * Whose a line is: `user` for output of the user's code, `error` for the error of the target as the runner prints it,
 * `runner` for frames of codeseeder's runner in that error, `command` for the further lines of a known command, which
 * CodeBuild logs before it runs it, and `other` for lines of CodeBuild and of codeseeder.
 */
export type LineOwner = 'user' | 'error' | 'runner' | 'command' | 'other';

/** Matches a frame of codeseeder's runner or of its package in a build, which called the target, in a stack. */
const RUNNER_FRAME = /^\s+at .*(?:\.codeseeder\/runner|\/codeseeder\/dist\/client\/in-build\/)/;

/** Returns whether a line of a stack is a frame of codeseeder's runner. Python's tracebacks have none. */
export function isRunnerFrame(line: string): boolean {
  return RUNNER_FRAME.test(line);
}

/** A line with its meaning and its owner. */
export interface OwnedLine {
  readonly read: BuildLogLine;
  readonly owner: LineOwner;
}

/** Phases in which CodeBuild runs commands of its own before those of the buildspec, such as for `runtime-versions`. */
const PHASES_OF_CODEBUILD: readonly string[] = ['DOWNLOAD_SOURCE', 'INSTALL'];

interface Phase {
  readonly name: string;
  hasOwnCommand: boolean;
  /** Undefined until CodeBuild has written that the phase ended. */
  hasSucceeded: boolean | undefined;
}

/** Finds the owners of a log's lines, which are read one after the other. */
export class LineOwners {
  #phase: Phase | undefined;
  /** A log that CodeBuild has not begun is the user's. */
  #output: LineOwner = 'user';
  readonly #commands: readonly string[];
  /** Lines of the running command that CodeBuild logs before its output. */
  #announced: readonly string[] = [];

  /**
   * @param commands known commands of the user. Those with several lines are logged as several lines. More can be added
   *   while the log is read
   */
  constructor(commands: readonly string[] = []) {
    this.#commands = commands;
  }

  /** Whose the output of the running command is. */
  get output(): LineOwner {
    return this.#output;
  }

  /** Returns the meaning and the owner of the next line. */
  read(line: string): OwnedLine {
    const read = readBuildLogLine(line);
    if (read.kind === 'output') return { read, owner: this.#ownerOf(line) };
    // The reason is written after the end of the phase that it belongs to.
    if (read.kind !== 'reason' && this.#phase?.hasSucceeded !== undefined) this.#phase = undefined;
    this.#readOwn(read);
    return { read, owner: 'other' };
  }

  #ownerOf(line: string): LineOwner {
    if (this.#announced[0] === line) {
      this.#announced = this.#announced.slice(1);
      return 'command';
    }
    this.#announced = [];
    if (this.#output === 'user' && line === TARGET_ERROR_LINE) this.#output = 'error';
    return this.#output === 'error' && isRunnerFrame(line) ? 'runner' : this.#output;
  }

  #readOwn(read: Exclude<BuildLogLine, { kind: 'output' }>): void {
    switch (read.kind) {
      case 'entered':
        this.#enter(read.phase);
        break;
      case 'command':
        this.#startCommand(read);
        break;
      case 'completed':
        if (this.#phase?.name !== read.phase) this.#enter(read.phase);
        if (this.#phase !== undefined) this.#phase.hasSucceeded = read.state === 'SUCCEEDED';
        // A process in the background may still print. After a failure, the lines are those of CodeBuild's message.
        if (read.state !== 'SUCCEEDED') this.#output = 'other';
        break;
      default:
        // After a phase that succeeded, the reason is empty, and processes in the background may still print.
        if (this.#phase?.hasSucceeded !== true) this.#output = 'other';
    }
  }

  #enter(name: string): void {
    this.#phase = { name, hasOwnCommand: false, hasSucceeded: undefined };
    this.#output = 'other';
  }

  #startCommand({ command, isOwn }: Extract<BuildLogLine, { kind: 'command' }>): void {
    const phase = this.#phase;
    if (phase === undefined) return;
    phase.hasOwnCommand ||= isOwn;
    const isUsers = !isOwn && (phase.hasOwnCommand || !PHASES_OF_CODEBUILD.includes(phase.name));
    this.#output = isUsers ? 'user' : 'other';
    const known = isUsers ? this.#commands.find((one) => one.startsWith(`${command}\n`)) : undefined;
    this.#announced = known?.split('\n').slice(1) ?? [];
  }
}
