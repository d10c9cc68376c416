import { type Invocation, type RunRecord, scheduleOfRunId } from '../../../lib/contract/index.js';
import { formatUsd, priceOfBuild } from '../../build-price.js';
import { describeCacheReport } from '../../cache-report.js';
import { describeSeconds } from '../../durations.js';
import { oneLine } from '../printable.js';
import { shortTime } from '../short-time.js';
import { layoutOf } from '../table.js';
import type { Terminal } from '../terminal.js';
import { namedValueLines } from './named-values.js';
import { shortJson } from './shortened-json.js';

/** Something that was read about a run, or why it could not be read. Both are undefined if the run has none. */
export interface ReadPart<Part> {
  readonly part?: Part | undefined;
  readonly problem?: string | undefined;
}

/** What is known about a run. */
export interface KnownRun {
  readonly id: string;
  /** Undefined until the record is written. */
  readonly record: RunRecord | undefined;
  readonly invocation: ReadPart<Invocation | undefined>;
  /** Why the value of a run that succeeded could not be read. */
  readonly problemOfValue?: string | undefined;
}

type Row = readonly [name: string, value: string | undefined];

/** Formats a run as a table of names and values. A member that the run does not have has no row. */
export function runLines(run: KnownRun, terminal: Terminal): string[] {
  const { id, record } = run;
  const rows: readonly Row[] =
    record === undefined
      ? [['status', 'QUEUED: the record is not written yet'], ...invocationRows(run, terminal)]
      : [
          ['status', describeStatus(record)],
          ...whatRows(record, run, terminal),
          ...timeRows(record, terminal.stdout.isTTY === true),
          ...otherRows(record),
        ];
  return namedValueLines(
    ['RUN', id],
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, oneLine(value)] as const])),
    layoutOf(terminal),
  );
}

function describeStatus({ status, failure, queuedReason, phase }: RunRecord): string {
  if (failure !== undefined) return `${status} ${failure.code}`;
  if (status === 'QUEUED' && queuedReason !== undefined) return `QUEUED: ${queuedReason}`;
  return status === 'BUILDING' && phase !== undefined ? `BUILDING, phase ${phase}` : status;
}

function whatRows(record: RunRecord, run: KnownRun, terminal: Terminal): Row[] {
  const { name, target, published, labels } = record;
  return [
    ['name', name],
    ['published', published && `${published.name}@${published.version}`],
    ['runs', target],
    ...invocationRows(run, terminal),
    ['value', run.problemOfValue && `cannot be read: ${run.problemOfValue}`],
    ['labels', labels && describePairs(labels)],
  ];
}

/** Returns the arguments of functions. Commands are shown if there are several, because the target is the first one. */
function invocationRows({ id, invocation: { part, problem } }: KnownRun, terminal: Terminal): Row[] {
  if (problem !== undefined) return [['args', `cannot be read: ${problem}`]];
  switch (part?.kind) {
    case 'node':
      return [['args', shortJson(part.args, id, terminal)]];
    case 'python': {
      const hasNamed = Object.keys(part.kwargs).length > 0;
      return [
        ['args', shortJson(part.args, id, terminal)],
        ['kwargs', hasNamed ? shortJson(part.kwargs, id, terminal) : undefined],
      ];
    }
    case 'commands':
      return part.target.length === 1 ? [] : [['commands', shortJson(part.target, id, terminal)]];
    default:
      return [];
  }
}

function timeRows(record: RunRecord, isOnTerminal: boolean): Row[] {
  const { runId, queuedAt, startedAt, finishedAt, trigger } = record;
  const schedule = trigger === 'SCHEDULE' ? scheduleOfRunId(runId) : undefined;
  const age = isOnTerminal ? `, ${shortTime(Date.now() - Date.parse(queuedAt))} ago` : '';
  return [
    ['started by', schedule === undefined ? trigger : `${trigger} ${schedule}`],
    ['queued', `${queuedAt}${age}`],
    ['build started', startedAt],
    ['ended', finishedAt],
    ['took', describeTimes(record)],
    ['cost', describePrice(record)],
  ];
}

function describeTimes({ queuedAt, startedAt, durationMs }: RunRecord): string | undefined {
  if (durationMs === undefined) return undefined;
  const whole = describeSeconds(durationMs);
  if (startedAt === undefined) return whole;
  const waitedMs = Math.max(0, Date.parse(startedAt) - Date.parse(queuedAt));
  return `${whole}, of which ${describeSeconds(waitedMs)} before the build`;
}

/** Returns about what the build costs, or why that is not known; undefined for a run that has not ended. */
function describePrice(record: RunRecord): string | undefined {
  if (record.finishedAt === undefined) return undefined;
  const price = priceOfBuild(record);
  if ('reason' in price) return price.reason;
  const { usd, minutes, usdPerMinute } = price;
  const minute = minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return `about ${formatUsd(usd)}: ${minute} of ${record.computeType} at ${formatUsd(usdPerMinute)}`;
}

function otherRows(record: RunRecord): Row[] {
  const { retryOf, mapId, mapIndex, lock, lockToken, cache, exportedVariables = {} } = record;
  const hasExports = Object.keys(exportedVariables).length > 0;
  return [
    ['repeats', retryOf],
    ['map', mapId && `${mapId}, input ${mapIndex}`],
    ['lock', lock && (lockToken === undefined ? lock : `${lock}, token ${lockToken}`)],
    ['cache', cache && describeCacheReport(cache)],
    ['exported', hasExports ? describePairs(exportedVariables) : undefined],
    ['bundle', describeBundle(record)],
    ['build', record.buildId],
    ['kept until', new Date(record.expiresAt * 1_000).toISOString()],
  ];
}

function describeBundle({ bundle }: RunRecord): string | undefined {
  if (bundle === undefined) return undefined;
  const { layers } = bundle;
  const sizeBytes = layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
  return `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}, ${sizeBytes} bytes`;
}

function describePairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map((pair) => pair.join('='))
    .join(', ');
}
