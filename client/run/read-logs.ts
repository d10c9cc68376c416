import { setTimeout as sleep } from 'node:timers/promises';

import { endOfExecution, isTerminal, type RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { LogLine } from '../seedkit-types.js';
import { abortable } from '../connection/abortable.js';
import { executionOf, type KnownRun } from './run-end.js';
import { findRecord } from './run-records.js';

export interface ReadLogsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to wait for further lines until the run has ended. @default true */
  readonly follow?: boolean | undefined;
}

const WAIT_MS = { first: 500, growth: 1.5, longest: 2_000 } as const;

/** Number of empty reads after a run's end that end the log. CloudWatch Logs returns lines with some delay. */
const LAST_READS = 3;

/** Number of reads of the record per read of the execution, which can end although the record does not say so. */
const READS_PER_EXECUTION = 4;

/**
 * Reads the log of a run from its first line. Reads pages until the service returns the token of the request, which is
 * the only sign of the end: a page before the end may be empty or partial.
 */
export async function* readLogs(
  run: KnownRun,
  { signal, follow = true }: ReadLogsOptions,
): AsyncGenerator<LogLine> {
  const watch = await watchRun(run);
  let token: string | undefined;
  let waitMs: number = WAIT_MS.first;
  let lastReads = 0;
  for (;;) {
    const { record, hasEnded } = watch;
    const page = await readPage(record, token, run.connection, signal);
    yield* page.lines;
    const hasMore = page.lines.length > 0 || page.token !== token;
    token = page.token;
    if (hasMore) {
      waitMs = WAIT_MS.first;
      continue;
    }
    // Counts only the reads that began after the run's end.
    if (hasEnded) lastReads += 1;
    if (!follow || isReadToEnd(watch, lastReads)) return;
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    if (hasEnded) continue;
    await watch.look();
    waitMs = watch.hasEnded ? WAIT_MS.first : Math.min(waitMs * WAIT_MS.growth, WAIT_MS.longest);
  }
}

/** Returns whether the log is complete. A run that ended without a build has no log. */
function isReadToEnd({ record, hasEnded }: WatchedRun, lastReads: number): boolean {
  return hasEnded && (record?.logStream === undefined || lastReads >= LAST_READS);
}

interface WatchedRun {
  readonly record: RunRecord | undefined;
  readonly hasEnded: boolean;
  /** Reads the record again and, every few calls, the execution. */
  look(): Promise<void>;
}

async function watchRun(run: KnownRun): Promise<WatchedRun> {
  let record = await findRecord(run.id, run.connection);
  let hasEnded = record !== undefined && isTerminal(record.status);
  let looks = 0;
  return {
    get record() {
      return record;
    },
    get hasEnded() {
      return hasEnded;
    },
    async look() {
      looks += 1;
      record = await findRecord(run.id, run.connection);
      hasEnded = record !== undefined && isTerminal(record.status);
      if (!hasEnded && looks % READS_PER_EXECUTION === 0) {
        hasEnded = endOfExecution(await executionOf(run)) !== undefined;
      }
    },
  };
}

async function readPage(
  record: RunRecord | undefined,
  token: string | undefined,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<{ lines: LogLine[]; token: string | undefined }> {
  if (record?.logGroup === undefined || record.logStream === undefined) return { lines: [], token };
  const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const logs = await connection.clients.logs();
  const command = new GetLogEventsCommand({
    logGroupName: record.logGroup,
    logStreamName: record.logStream,
    startFromHead: true,
    nextToken: token,
  });
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
    throw error;
  }
}
