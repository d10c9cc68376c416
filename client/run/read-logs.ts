import { setTimeout as sleep } from 'node:timers/promises';

import { endOfExecution, isTerminal, isTransientError, type RunRecord } from '../../lib/contract/index.js';
import { readBuildLogLine } from '../build-log.js';
import type { Connection } from '../connection/connection.js';
import type { LogLine } from '../run-types.js';
import { abortable } from '../connection/abortable.js';
import { type Sight, watchRun } from './observe-run.js';
import { PACES } from './pace.js';
import type { KnownRun } from './run-end.js';
import { findRecord } from './run-records.js';

export interface ReadLogsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to wait for further lines until the run has ended. @default true */
  readonly follow?: boolean | undefined;
}

/** Time between two reads of a log without new lines. */
const WAIT_MS = { first: 500, growth: 1.5, longest: 2_000 } as const;

/**
 * How long after the end of a run its last lines may come. CloudWatch Logs shows a line some moments after it was
 * written.
 */
const LAST_LINES_MS = 10_000;

/**
 * How long after its end the last lines of a canceled run may come. The log of a stopped build may not have the last
 * line that CodeBuild writes.
 */
const LAST_LINES_OF_CANCELED_MS = 2_000;

/** Time after the end of a run when its log is certainly complete. */
const COMPLETE_MS = 60_000;

/**
 * Reads the log of a run from its first line on. Pages are read until `nextForwardToken` is the token of the request,
 * which is the only sign that there are no more lines: a page may be empty or partial. The log of a run that has ended
 * is complete when it has the last line that CodeBuild writes, or ten seconds after the end (two seconds for a canceled
 * run).
 *
 * All logs that this process follows share a request rate. Throttling delays lines and is no error.
 */
export async function* readLogs(
  run: KnownRun,
  { signal, follow = true }: ReadLogsOptions,
): AsyncGenerator<LogLine> {
  if (!follow) {
    const record = await findRecord(run.id, run.connection);
    yield* readLines(run, () => ({ record, execution: undefined }), { isRead: () => true, signal });
    return;
  }
  const watcher = watchRun(run);
  try {
    const first = await watcher.next(signal);
    const end = new EndOfLog();
    yield* readLines(run, () => watcher.latest ?? first, {
      isRead: (sight, lines) => end.isReached(sight, lines),
      signal,
    });
  } finally {
    watcher.close();
  }
}

interface Reading {
  /** Returns whether the log has no further lines. Called once for each page, with its lines. */
  readonly isRead: (sight: Sight, lines: readonly LogLine[]) => boolean;
  readonly signal: AbortSignal | undefined;
}

async function* readLines(
  run: KnownRun,
  look: () => Sight,
  { isRead, signal }: Reading,
): AsyncGenerator<LogLine> {
  let token: string | undefined;
  let waitMs: number = WAIT_MS.first;
  for (;;) {
    const sight = look();
    const page = await readPage(sight.record, token, run.connection, signal);
    yield* page.lines;
    const isComplete = isRead(sight, page.lines);
    const hasMore = page.lines.length > 0 || page.token !== token;
    token = page.token;
    if (hasMore) {
      waitMs = WAIT_MS.first;
      continue;
    }
    if (isComplete && !page.isThrottled) return;
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    waitMs = Math.min(waitMs * WAIT_MS.growth, WAIT_MS.longest);
  }
}

/** Decides when a log has all its lines. */
export class EndOfLog {
  private completeAtMs: number | undefined;
  private hasLastLine = false;

  /**
   * Returns whether all lines have been read.
   * @param sight state of the run before the page was read. A run that ended without a build has no log.
   * @param lines of the page
   */
  isReached(sight: Sight, lines: readonly LogLine[]): boolean {
    this.hasLastLine ||= lines.some(({ message }) => isLastLine(message));
    if (hasEnded(sight)) this.completeAtMs ??= completionOf(sight.record);
    if (this.completeAtMs === undefined) return false;
    return sight.record?.logStream === undefined || this.hasLastLine || Date.now() >= this.completeAtMs;
  }
}

function hasEnded({ record, execution }: Sight): boolean {
  if (record !== undefined && isTerminal(record.status)) return true;
  return execution !== undefined && endOfExecution(execution) !== undefined;
}

function completionOf(record: RunRecord | undefined): number {
  const nowMs = Date.now();
  const endedAtMs = record?.finishedAt === undefined ? nowMs : Date.parse(record.finishedAt);
  if (nowMs - endedAtMs > COMPLETE_MS) return nowMs;
  return nowMs + (record?.status === 'CANCELED' ? LAST_LINES_OF_CANCELED_MS : LAST_LINES_MS);
}

/**
 * Returns whether a line is one that CodeBuild writes as the last of a log: after the upload of artifacts, or after a
 * phase that failed before the build's commands.
 */
function isLastLine(message: string): boolean {
  const line = readBuildLogLine(message);
  if (line.kind !== 'completed') return false;
  const { phase, state } = line;
  return phase === 'UPLOAD_ARTIFACTS' || (state === 'FAILED' && phase !== 'BUILD' && phase !== 'POST_BUILD');
}

async function readPage(
  record: RunRecord | undefined,
  token: string | undefined,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<{ lines: LogLine[]; token: string | undefined; isThrottled?: boolean }> {
  if (record?.logGroup === undefined || record.logStream === undefined) return { lines: [], token };
  const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const logs = await connection.clients.logs();
  const command = new GetLogEventsCommand({
    logGroupName: record.logGroup,
    logStreamName: record.logStream,
    startFromHead: true,
    nextToken: token,
  });
  await PACES.logs.turn(signal);
  try {
    const { events = [], nextForwardToken } = await logs.send(command, abortable(signal));
    const lines = events.map(({ timestamp = 0, message = '' }) => ({
      timestampMs: timestamp,
      message: message.replace(/\r?\n$/, ''),
    }));
    return { lines, token: nextForwardToken };
  } catch (error) {
    // CodeBuild creates the group and the stream with the first line.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return { lines: [], token };
    if (!isTransientError(error)) throw error;
    return { lines: [], token, isThrottled: true };
  }
}
