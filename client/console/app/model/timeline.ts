/** Divides the time of a run into spans: queued, provisioning, each phase of its build, finishing. */
import type { RunRecord } from '../../../../lib/contract/index.js';
import type { LogPhase } from './log-lines.js';

/** A span of a run's time. */
export interface Span {
  readonly name: string;
  readonly startMs: number;
  /** Undefined while it goes on. */
  readonly endMs: number | undefined;
  readonly state: 'done' | 'failed' | 'canceled' | 'timed-out' | 'active';
  /** Whether the phase is one of CodeBuild's. */
  readonly isPhase: boolean;
}

type Times = Pick<RunRecord, 'queuedAt' | 'startedAt' | 'finishedAt' | 'status'>;

/** Returns the spans of a run, in order. The phases of a build are those of its log. */
export function spansOf(record: Times, phases: readonly LogPhase[]): Span[] {
  const queuedAtMs = Date.parse(record.queuedAt);
  const startedAtMs = timeOf(record.startedAt);
  const finishedAtMs = timeOf(record.finishedAt);
  const spans: Span[] = [span('Queued', queuedAtMs, startedAtMs ?? finishedAtMs)];
  if (startedAtMs === undefined) return spans;
  const [first] = phases;
  const containerAtMs = first === undefined ? finishedAtMs : Math.max(first.startedAtMs, startedAtMs);
  spans.push(span('Provisioning', startedAtMs, containerAtMs));
  const built = phases.filter(({ name }) => name !== 'LOG');
  built.forEach((phase, index) => spans.push(phaseSpan(phase, built[index + 1], record)));
  const last = built.at(-1);
  if (last?.endedAtMs !== undefined) spans.push(span('Finishing', last.endedAtMs, finishedAtMs));
  return spans;
}

function phaseSpan(phase: LogPhase, next: LogPhase | undefined, record: Times): Span {
  const { startedAtMs: startMs, name, endedAtMs, state } = phase;
  const endMs = endedAtMs ?? next?.startedAtMs ?? timeOf(record.finishedAt);
  // CodeBuild does not log the end of a phase in which it stops the build.
  const isCut = state === 'STOPPED' || (endedAtMs === undefined && next === undefined);
  const cut = isCut ? CUT[record.status] : undefined;
  const isFailed = state !== undefined && state !== 'SUCCEEDED';
  return { name, startMs, endMs, state: cut ?? (isFailed ? 'failed' : stateOf(endMs)), isPhase: true };
}

/** What the status of a run says about the phase that its end cut. */
const CUT: Partial<Record<RunRecord['status'], Span['state']>> = {
  CANCELED: 'canceled',
  TIMED_OUT: 'timed-out',
};

function span(name: string, startMs: number, endMs: number | undefined): Span {
  const end = endMs === undefined ? undefined : Math.max(startMs, endMs);
  return { name, startMs, endMs: end, state: stateOf(end), isPhase: false };
}

function stateOf(endMs: number | undefined): Span['state'] {
  return endMs === undefined ? 'active' : 'done';
}

function timeOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
