/** Divides the log of a build into its phases, and the phases into rows to show. */
import { readBuildLogLine } from '../../../build-log.js';
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
}

/** A row of the log: the header of a phase, or a line. */
export type LogRow =
  | { readonly kind: 'phase'; readonly phase: LogPhase }
  | { readonly kind: 'line'; readonly index: number };

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

  append(added: readonly LogEntry[]): void {
    for (const entry of added) {
      this.lines.push(entry);
      this.#place(entry, this.lines.length - 1);
    }
  }

  /** Returns the phase that has a line. */
  phaseOf(index: number): LogPhase | undefined {
    return this.phases.find(({ start, end }) => index >= start && index < end);
  }

  #place([timestampMs, message]: LogEntry, index: number): void {
    const line = readBuildLogLine(message);
    const atMs = line.kind === 'output' ? timestampMs : (line.atMs ?? timestampMs);
    if (line.kind === 'entered' || this.phases.length === 0) {
      const name = line.kind === 'entered' ? line.phase : 'LOG';
      const phase = { name, start: index, end: index + 1, startedAtMs: atMs };
      this.phases.push({ ...phase, endedAtMs: undefined, state: undefined });
      return;
    }
    const last = this.phases.at(-1);
    if (last !== undefined) last.end = index + 1;
    if (line.kind === 'completed') this.#complete(line.phase, line.state, atMs);
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
 * Returns the rows to show: the header of each phase, followed by its lines if it is open.
 * @param chosen whether phases are open that the reader opened or closed, by their position
 */
export function rowsOf({ phases }: Pick<LogLines, 'phases'>, chosen: ReadonlyMap<number, boolean>): LogRow[] {
  const rows: LogRow[] = [];
  for (const phase of phases) {
    rows.push({ kind: 'phase', phase });
    if (!(chosen.get(phase.start) ?? isOpenAtFirst(phase))) continue;
    for (let index = phase.start; index < phase.end; index += 1) rows.push({ kind: 'line', index });
  }
  return rows;
}

/** Returns the positions of the lines that contain a text, ignoring upper and lower case. */
export function matchesOf(lines: readonly LogEntry[], text: string): number[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap(([, message], index) =>
    plainText(message).toLowerCase().includes(wanted) ? [index] : [],
  );
}
