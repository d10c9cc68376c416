import { setTimeout as sleep } from 'node:timers/promises';

import { isTerminal, type RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { LogLine } from '../seedkit-types.js';
import { describeExecution } from './describe-execution.js';
import { findRecord } from './run-records.js';
import { isEnded } from './unrecorded-end.js';

export interface ReadLogsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to wait for lines that are still to come. @default true */
  readonly follow?: boolean | undefined;
}

const WAIT_MS = { first: 500, growth: 1.5, longest: 2_000 } as const;

/** CloudWatch Logs shows a line some moments after it was written: looks that find nothing once the run is over. */
const LAST_LOOKS = 3;

/** Each so many looks that find nothing, one at the execution, whose end the record may never hear of. */
const LOOKS_PER_EXECUTION = 4;

/** A run whose log is read. */
interface LoggedRun {
  readonly id: string;
  readonly executionArn: string;
  readonly connection: Connection;
}

/**
 * A run's log from its first line on. Pages are asked for until the service's own token stands still, which
 * is the only sign of an end: a page may be empty or partial.
 */
export async function* readLogs(
  run: LoggedRun,
  { signal, follow = true }: ReadLogsOptions,
): AsyncGenerator<LogLine> {
  let record = await findRecord(run.id, run.connection);
  let isOver = record !== undefined && isTerminal(record.status);
  let token: string | undefined;
  let waitMs: number = WAIT_MS.first;
  for (let emptyLooks = 0, lastLooks = 0; ;) {
    const page = await readPage(record, token, run.connection, signal);
    for (const line of page.lines) yield line;
    const stoodStill = page.lines.length === 0 && page.token === token;
    token = page.token;
    if (!stoodStill) {
      waitMs = WAIT_MS.first;
      continue;
    }
    if (!follow) return;
    // Known before the page was read, so that the page is of a run that was over.
    if (isOver) lastLooks += 1;
    if (isOver && (record?.logStream === undefined || lastLooks >= LAST_LOOKS)) return;
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    if (isOver) continue;
    waitMs = Math.min(waitMs * WAIT_MS.growth, WAIT_MS.longest);
    emptyLooks += 1;
    record = await findRecord(run.id, run.connection);
    isOver = await hasEnded(run, record, emptyLooks % LOOKS_PER_EXECUTION === 0);
    if (isOver) waitMs = WAIT_MS.first;
  }
}

async function hasEnded(
  run: LoggedRun,
  record: RunRecord | undefined,
  asksExecution: boolean,
): Promise<boolean> {
  if (record !== undefined && isTerminal(record.status)) return true;
  return asksExecution && isEnded(await describeExecution(run.executionArn, run.connection));
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
    ...(token !== undefined && { nextToken: token }),
  });
  try {
    const { events = [], nextForwardToken } = await logs.send(
      command,
      signal === undefined ? {} : { abortSignal: signal },
    );
    const lines = events.map(({ timestamp = 0, message = '' }) => ({
      timestampMs: timestamp,
      message: message.replace(/\r?\n$/, ''),
    }));
    return { lines, token: nextForwardToken };
  } catch (error) {
    // Group and stream are made with the first line.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return { lines: [], token };
    throw error;
  }
}
