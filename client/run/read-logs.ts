import { setTimeout as sleep } from 'node:timers/promises';

import { isTerminal, type RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { LogLine } from '../seedkit-types.js';
import { findRecord } from './run-records.js';

export interface ReadLogsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to wait for lines that are still to come. @default true */
  readonly follow?: boolean | undefined;
}

const LOOK_EVERY_MS = 500;

/** CloudWatch Logs shows a line some moments after it was written: looks that find nothing once the run is over. */
const LAST_LOOKS = 3;

/**
 * A run's log from its first line on. Pages are asked for until the service's own token stands still, which
 * is the only sign of an end: a page may be empty or partial.
 */
export async function* readLogs(
  run: { readonly id: string; readonly connection: Connection },
  { signal, follow = true }: ReadLogsOptions,
): AsyncGenerator<LogLine> {
  let record = await findRecord(run.id, run.connection);
  let token: string | undefined;
  for (let emptyLooks = 0; ;) {
    // Read before the page, so that what the page shows is all of a run that was over.
    const isOver = record !== undefined && isTerminal(record.status);
    const page = await readPage(record, token, run.connection, signal);
    for (const line of page.lines) yield line;
    const stoodStill = page.lines.length === 0 && page.token === token;
    token = page.token;
    if (!stoodStill) {
      emptyLooks = 0;
      continue;
    }
    emptyLooks += 1;
    if (!follow || (isOver && (record?.logStream === undefined || emptyLooks >= LAST_LOOKS))) return;
    await sleep(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
    if (!isOver) record = await findRecord(run.id, run.connection);
  }
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
