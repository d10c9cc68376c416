/** Divides the log of a build into its phases, and the phases into rows to show. */
import { readBuildLogLine } from '../../../build-log.js';
import { LineOwners, type OwnedLine } from '../../../line-owners.js';
import type { LogEntry } from '../../api.js';
import { plainText } from './ansi.js';

/** A phase of a build in its log. */
export interface LogPhase {
  /** CodeBuild's name of the phase; `LOG` for lines before the first one. */
  readonly name: string;
  /** Position of the first line of the phase. */
  readonly start: number;
  /** Position after the last line. */
  end: number;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  /** State that CodeBuild gives a phase at its end, such as `SUCCEEDED`. */
  state: string | undefined;
  /** Whether the phase has output of the user's code. */
  hasUserLines: boolean;
  /** Whether a command of the user failed. */
  hasUserFailure: boolean;
}

/** A row of the log: the header of a phase, a line, or the header of lines of CodeBuild and codeseeder. */
export type LogRow =
  | { readonly kind: 'phase'; readonly phase: LogPhase }
  | { readonly kind: 'line'; readonly index: number }
  | { readonly kind: 'others'; readonly start: number; readonly end: number };

/** Phases of which the lines are shown at first. The lines of the others are CodeBuild's and codeseeder's own. */
const OPEN_PHASES: readonly string[] = ['BUILD'];

/** Returns whether CodeBuild wrote a line itself. */
export function isContainerLine(message: string): boolean {
  return readBuildLogLine(message).kind !== 'output';
}

/** Collects the lines of a log. */
export class LogLines {
  readonly lines: LogEntry[] = [];
  readonly phases: LogPhase[] = [];
  /** For each line, whether it is of CodeBuild, or of a command or the runner of codeseeder. */
  readonly others: boolean[] = [];
  readonly #owners = new LineOwners();
  /** Whether the running command is the user's. */
  #isUsers = false;

  append(added: readonly LogEntry[]): void {
    for (const entry of added) {
      this.lines.push(entry);
      const index = this.lines.length - 1;
      const owned = entry[1].split('\n').map((text) => this.#owners.read(text.replace(/\r$/, '')));
      this.#place(entry, index);
      this.#own(owned, index);
    }
  }

  #place([timestampMs, message]: LogEntry, index: number): void {
    const line = readBuildLogLine(message);
    const atMs = line.kind === 'output' ? timestampMs : (line.atMs ?? timestampMs);
    if (line.kind === 'entered' || this.phases.length === 0) {
      const name = line.kind === 'entered' ? line.phase : 'LOG';
      const phase = { name, start: index, end: index + 1, startedAtMs: atMs };
      const nothing = { endedAtMs: undefined, state: undefined };
      this.phases.push({ ...phase, ...nothing, hasUserLines: false, hasUserFailure: false });
      return;
    }
    const last = this.phases.at(-1);
    if (last !== undefined) last.end = index + 1;
    if (line.kind === 'completed') this.#complete(line.phase, line.state, atMs);
  }

  #own(owned: readonly OwnedLine[], index: number): void {
    const isOther = owned.every(({ owner }) => owner === 'other' || owner === 'runner');
    this.others.push(isOther);
    const phase = this.phases.at(-1);
    const kind = owned.at(-1)?.read.kind;
    if (kind === 'command') this.#isUsers = this.#owners.output === 'user';
    if (phase === undefined) return;
    if (!isOther) phase.hasUserLines = true;
    if (kind === 'commandFailed' && this.#isUsers) phase.hasUserFailure = true;
    // CodeBuild writes a blank line between the output of a command and its own next line.
    const before = index - 1;
    if (kind !== 'output' && before >= phase.start && this.lines[before]?.[1].trim() === '')
      this.others[before] = true;
  }

  #complete(phase: string, state: string, atMs: number): void {
    const ended = this.phases.findLast(({ name }) => name === phase);
    if (ended === undefined) return;
    ended.endedAtMs = atMs;
    ended.state = state;
  }
}

/**
 * Returns whether the lines of a phase are shown, unless the reader decided otherwise: those of the user's commands,
 * and of a failed phase.
 */
export function isOpenAtFirst({ name, state }: LogPhase): boolean {
  return OPEN_PHASES.includes(name) || (state !== undefined && state !== 'SUCCEEDED');
}

/**
 * Returns whether the lines of CodeBuild and codeseeder are folded in a phase: where they are between the output of the
 * user's commands, unless one of them says why the phase failed.
 */
function foldsOthers({ name, state, hasUserLines, hasUserFailure }: LogPhase): boolean {
  const hasFailed = state !== undefined && state !== 'SUCCEEDED';
  return (OPEN_PHASES.includes(name) || hasUserLines) && (!hasFailed || hasUserFailure);
}

/** What the reader opened or closed, by the position of the first line. */
export interface Opened {
  readonly phases: ReadonlyMap<number, boolean>;
  /** Groups of lines of CodeBuild and codeseeder that the reader opened. */
  readonly others: ReadonlySet<number>;
}

type FoldedLog = Pick<LogLines, 'phases' | 'others'>;

/**
 * Returns the rows to show: the header of each phase, followed by its lines if it is open. Lines of CodeBuild and
 * codeseeder between those of the user's code have a header of their own.
 */
export function rowsOf(log: FoldedLog, opened: Opened): LogRow[] {
  const rows: LogRow[] = [];
  for (const phase of log.phases) {
    rows.push({ kind: 'phase', phase });
    if (!(opened.phases.get(phase.start) ?? isOpenAtFirst(phase))) continue;
    for (const { areOthers, start, end } of groupsOf(log, phase)) {
      if (areOthers) rows.push({ kind: 'others', start, end });
      if (areOthers && !opened.others.has(start)) continue;
      for (let index = start; index < end; index += 1) rows.push({ kind: 'line', index });
    }
  }
  return rows;
}

/** Returns what is opened when a line is to be seen, too. */
export function openedAt(log: FoldedLog, { phases, others }: Opened, line: number): Opened {
  const phase = log.phases.find(({ start, end }) => line >= start && line < end);
  if (phase === undefined) return { phases, others };
  const group = groupsOf(log, phase).find(({ end }) => line < end);
  return {
    phases: new Map([...phases, [phase.start, true]]),
    others: group?.areOthers === true ? new Set([...others, group.start]) : others,
  };
}

/** Consecutive lines. `end` is the position after the last one. */
interface Group {
  readonly areOthers: boolean;
  readonly start: number;
  end: number;
}

/** Divides the lines of a phase into those of the user's code and the others, unless all are shown. */
function groupsOf({ others }: FoldedLog, phase: LogPhase): Group[] {
  const { start, end } = phase;
  if (!foldsOthers(phase)) return [{ areOthers: false, start, end }];
  const groups: Group[] = [];
  for (let index = start; index < end; index += 1) {
    const areOthers = others[index] === true;
    const last = groups.at(-1);
    if (last?.areOthers === areOthers) last.end = index + 1;
    else groups.push({ areOthers, start: index, end: index + 1 });
  }
  return groups;
}

/** Returns the positions of the lines that contain a text, ignoring upper and lower case. */
export function matchesOf(lines: readonly LogEntry[], text: string): number[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap(([, message], index) =>
    plainText(message).toLowerCase().includes(wanted) ? [index] : [],
  );
}
