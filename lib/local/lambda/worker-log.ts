import { randomBytes } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { LogLine, LogWriter } from '../ports.js';
import type { StoredFunction } from './stored-function.js';

/** Size of the end of the log that a response contains with `X-Amz-Log-Type: Tail`. */
const TAIL_BYTES = 4096;
/**
 * Maximum time for which a line waits, so that it is written together with later lines. Most invocations end sooner;
 * then all their lines are written at once.
 */
const WRITE_AFTER_MS = 50;

export interface InvocationReport {
  readonly status: 'success' | 'error' | 'failure' | 'timeout';
  readonly durationMs: number;
  readonly initDurationMs?: number | undefined;
  readonly maxMemoryMb?: number | undefined;
}

/** The log stream of one worker. */
export type WorkerLog = ReturnType<typeof openWorkerLog>;

export function openWorkerLog(context: PlaceContext, logs: LogWriter, definition: StoredFunction) {
  const { group, format } = definition.logging;
  const day = new Date(context.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  const stream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
  const describe = format === 'JSON' ? jsonPlatformLine : textPlatformLine;
  let pending: LogLine[] = [];
  let tail: string[] = [];
  let writing = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const lines = pending;
    pending = [];
    if (lines.length > 0) writing = writing.then(() => append(lines));
    return writing;
  };
  const append = (lines: readonly LogLine[]): Promise<void> =>
    logs.append(group, stream, lines).catch((error: unknown) => {
      context.reportProblem(`The log of function ${definition.name} could not be written`, error);
    });
  const write = (message: string) => {
    pending.push({ timestamp: context.clock.now(), message });
    tail.push(message);
    if (tail.length > 2 * TAIL_BYTES) tail = tail.slice(-TAIL_BYTES);
    timer ??= setTimeout(() => void flush(), WRITE_AFTER_MS);
  };
  const now = () => new Date(context.clock.now()).toISOString();
  return {
    stream,
    /** Writes a line that the handler has printed. */
    line: write,
    start: (requestId: string) => {
      tail = [];
      for (const line of describe.start(now(), requestId)) write(line);
    },
    end: (requestId: string, report: InvocationReport) => {
      for (const line of describe.end(now(), requestId, report, definition)) write(line);
    },
    /** Returns the last 4 KB of the log since the start of the invocation. */
    tail: () =>
      Buffer.from(`${tail.join('\n')}\n`)
        .subarray(-TAIL_BYTES)
        .toString('utf8'),
    /** Resolves when all lines so far are stored. */
    flush,
  };
}

interface PlatformLines {
  start(time: string, requestId: string): string[];
  end(time: string, requestId: string, report: InvocationReport, definition: StoredFunction): string[];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
const textPlatformLine: PlatformLines = {
  start: (_time, requestId) => [`START RequestId: ${requestId} Version: $LATEST`],
  end: (time, requestId, report, { timeoutSeconds, memoryMb }) => {
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${report.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(report.durationMs)} ms`,
      `Memory Size: ${memoryMb} MB`,
      `Max Memory Used: ${report.maxMemoryMb ?? memoryMb} MB`,
      ...(report.initDurationMs === undefined
        ? []
        : [`Init Duration: ${report.initDurationMs.toFixed(2)} ms`]),
      ...(report.status === 'success' || report.status === 'error' ? [] : [`Status: ${report.status}`]),
    ];
    const timeout = `${time} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    return [
      ...(report.status === 'timeout' ? [timeout] : []),
      `END RequestId: ${requestId}`,
      `${fields.join('\t')}\t`,
    ];
  },
};

const jsonPlatformLine: PlatformLines = {
  start: (time, requestId) => [
    JSON.stringify({ time, type: 'platform.start', record: { requestId, version: '$LATEST' } }),
  ],
  end: (time, requestId, { status, durationMs, initDurationMs, maxMemoryMb }, { memoryMb }) => {
    const metrics = {
      durationMs: Number(durationMs.toFixed(3)),
      billedDurationMs: Math.ceil(durationMs),
      memorySizeMB: memoryMb,
      maxMemoryUsedMB: maxMemoryMb ?? memoryMb,
      initDurationMs: initDurationMs === undefined ? undefined : Number(initDurationMs.toFixed(3)),
    };
    return [JSON.stringify({ time, type: 'platform.report', record: { requestId, metrics, status } })];
  },
};
