import { format } from 'node:util';

import type { FunctionFault } from './worker-messages.js';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const LEVEL_BY_METHOD = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

/**
 * Makes `console` write as Lambda's Node.js runtime does: one log event per call, with time, request id and level.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function patchConsole(currentRequestId: () => string | undefined): void {
  const line = process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON' ? jsonLine : textLine;
  const lowest = LEVELS.indexOf(process.env['AWS_LAMBDA_LOG_LEVEL'] ?? 'TRACE');
  const methods = Object.entries(LEVEL_BY_METHOD).map(([method, level]) => [
    method,
    (...values: unknown[]) => {
      if (LEVELS.indexOf(level) < lowest) return;
      process.stdout.write(`${line(level, currentRequestId(), values)}\n`);
    },
  ]);
  Object.assign(console, Object.fromEntries(methods));
}

/** Returns the log line of an invocation that failed. */
export function faultLine(
  requestId: string | undefined,
  { errorType, errorMessage, trace }: FunctionFault,
): string {
  const line = process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON' ? jsonLine : textLine;
  const stack = JSON.stringify({ errorType, errorMessage, stack: trace });
  return `${line('ERROR', requestId, ['Invoke Error', stack])}\n`;
}

function textLine(level: string, requestId: string | undefined, values: unknown[]): string {
  const text = [new Date().toISOString(), requestId ?? 'undefined', level, format(...values)].join('\t');
  // Lambda's runtime replaces line feeds by carriage returns, so that a message of several lines stays one log event.
  return text.replaceAll('\n', '\r');
}

function jsonLine(level: string, requestId: string | undefined, values: unknown[]): string {
  const head = { timestamp: new Date().toISOString(), level, requestId };
  const [first] = values;
  if (values.length === 1 && typeof first === 'object' && first !== null && !(first instanceof Error)) {
    try {
      return JSON.stringify({ ...head, message: first });
    } catch {
      // JSON cannot represent cycles and BigInts. Such a value is written as text below.
    }
  }
  return JSON.stringify({ ...head, message: format(...values), ...errorMembers(values) });
}

function errorMembers(values: unknown[]): object {
  const error = values.find((value) => value instanceof Error);
  if (error === undefined) return {};
  return {
    errorType: error.name,
    errorMessage: error.message,
    stackTrace: (error.stack ?? '').split('\n').slice(1),
  };
}
