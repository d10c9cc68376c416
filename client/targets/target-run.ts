import { setTimeout as sleep } from 'node:timers/promises';

import {
  CodeseederError,
  contentDigest,
  definedOnly,
  describeReference,
  executionArnOf,
  foundResult,
  isTerminal,
  parseResultText,
  parseTargetReference,
  parseWith,
  type ReadTargetRun,
  runIdSchema,
  type RunRecord,
  startedTargetSchema,
  type TargetRunPage,
  targetRunPageSchema,
} from '../../lib/contract/index.js';
import type { WaitOptions } from '../call-option-types.js';
import type { Connection } from '../connection/connection.js';
import { executionConsoleUrl } from '../console-url.js';
import { RunFailedError } from '../errors.js';
import { adviceOnUnknownId } from '../local-account.js';
import { createReporter, errorOf } from '../run/await-outcome.js';
import { cancelRun } from '../run/cancel-run.js';
import { readHistory } from '../run/read-history.js';
import { EndOfLog } from '../run/read-logs.js';
import type { LogLine, Run, RunOutcome } from '../run-types.js';
import { checkArguments, checkKeywordArguments } from '../submit/submit-run.js';
import { newRunId } from '../submit/new-run-id.js';
import type { StartTargetOptions } from '../target-types.js';
import { callStarter } from './call-starter.js';
import { startTargetAgain } from './target-again.js';

/** A run of a target that is read through the handler `start-target`. */
interface TargetRun {
  readonly id: string;
  readonly consoleUrl: string;
  readonly connection: Connection;
}

/** Starts a version of a target by the handler `start-target`. */
export async function startTarget<Value>(
  reference: string,
  args: readonly unknown[],
  options: StartTargetOptions,
  connection: Connection,
): Promise<Run<Value>> {
  const { kwargs, name, labels, onProgress, signal } = options;
  const target = describeReference(parseTargetReference(reference));
  const runId = parseWith(runIdSchema, options.runId ?? newRunId(), 'run id');
  const message = definedOnly({
    target,
    runId,
    seedkit: connection.seedkit,
    args: checkArguments(args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1)),
    kwargs: kwargs && checkKeywordArguments(kwargs),
    name,
    labels: labels && { ...labels },
  });
  signal?.throwIfAborted();
  // The signal does not abort this call, because the run might have started and continue without its caller knowing.
  const { executionArn } = await callStarter(message, startedTargetSchema, connection);
  const consoleUrl = executionConsoleUrl(executionArn);
  onProgress?.({ type: 'submitted', runId, executionArn, consoleUrl });
  return createTargetRun<Value>(runId, executionArn, connection, options);
}

/** Returns a handle of an existing run of a target. @throws CodeseederError `RunNotFound` */
export async function attachTargetRun<Value>(runId: string, connection: Connection): Promise<Run<Value>> {
  const id = parseWith(runIdSchema, runId, 'run id');
  const { stateMachineArn } = await connection.deployed();
  const { record } = await callStarter({ read: { runId: id } }, targetRunPageSchema, connection);
  if (record === undefined) {
    throw new CodeseederError(
      'RunNotFound',
      `The seedkit ${connection.seedkit} has no run ${id}. ${adviceOnUnknownId(stateMachineArn)}`,
    );
  }
  return createTargetRun<Value>(id, executionArnOf(stateMachineArn, id), connection);
}

/**
 * Starts the version again that a run had.
 * @throws CodeseederError `RunNotFound`, `RunNotOver`, `PublishedTargetNotFound`
 */
export async function targetAgain<Value>(runId: string, connection: Connection): Promise<Run<Value>> {
  const id = parseWith(runIdSchema, runId, 'run id');
  const again = newRunId();
  const executionArn = await startTargetAgain({ runId: id, newRunId: again }, connection);
  return createTargetRun<Value>(again, executionArn, connection);
}

function createTargetRun<Value>(
  id: string,
  executionArn: string,
  connection: Connection,
  defaults: WaitOptions = {},
): Run<Value> {
  const consoleUrl = executionConsoleUrl(executionArn);
  const run: TargetRun = { id, consoleUrl, connection };
  const record = async () => (await readPage(run, {})).record;
  const outcome: Run<Value>['outcome'] = (options) => awaitEnd<Value>(run, { ...defaults, ...options });
  return {
    id,
    executionArn,
    consoleUrl,
    record,
    status: async () => (await record())?.status ?? 'QUEUED',
    logs: ({ signal, follow = true } = {}) => readLines(run, follow, signal),
    // Reading the history and canceling need rights to all runs, which the rights to start targets do not include.
    history: () => readHistory(executionArn, connection),
    cancel: (reason) => cancelRun(executionArn, connection, reason),
    outcome,
    result: async (options) => (await outcome(options)).value,
  };
}

function readPage(
  { id: runId, connection }: TargetRun,
  what: Omit<ReadTargetRun, 'runId'>,
  signal?: AbortSignal,
): Promise<TargetRunPage> {
  return callStarter({ read: { runId, ...what } }, targetRunPageSchema, connection, signal);
}

/** Time between two reads of a run that has not changed. */
const WAIT_MS = { first: 500, growth: 1.5, longest: 3_000 } as const;

/**
 * Yields pages of a run: with `follow` until the run has ended and its log was read, otherwise until there are no more
 * lines.
 */
async function* pagesOf(
  run: TargetRun,
  {
    log,
    follow,
    signal,
  }: { readonly log: boolean; readonly follow: boolean; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<TargetRunPage> {
  const end = new EndOfLog();
  let logToken: string | undefined;
  let waitMs: number = WAIT_MS.first;
  for (;;) {
    const page = await readPage(run, definedOnly({ log, logToken }), signal);
    yield page;
    const hasMore = page.lines.length > 0 || page.logToken !== logToken;
    logToken = page.logToken;
    const isRead =
      !log || (end.isReached({ record: page.record, execution: undefined }, page.lines) && !hasMore);
    if (follow ? isOver(page) && isRead : !hasMore && page.isThrottled !== true) return;
    if (hasMore) {
      waitMs = WAIT_MS.first;
      continue;
    }
    await sleep(waitMs, undefined, definedOnly({ signal }));
    waitMs = Math.min(waitMs * WAIT_MS.growth, WAIT_MS.longest);
  }
}

function isOver({ record, isThrottled }: TargetRunPage): boolean {
  return record !== undefined && isTerminal(record.status) && isThrottled !== true;
}

async function* readLines(
  run: TargetRun,
  follow: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogLine> {
  for await (const { lines } of pagesOf(run, { log: true, follow, signal })) yield* lines;
}

async function awaitEnd<Value>(run: TargetRun, options: WaitOptions): Promise<RunOutcome<Value>> {
  const { onLog, onProgress, signal } = options;
  const report = createReporter(run, options);
  let record: RunRecord | undefined;
  for await (const page of pagesOf(run, { log: onLog !== undefined, follow: true, signal })) {
    record = page.record;
    if (record !== undefined) report(record);
    for (const { message } of page.lines) onLog?.(message);
  }
  if (record === undefined || !isTerminal(record.status))
    throw new Error('The pages of a run end with the run.');
  onProgress?.({ type: 'finished', runId: run.id, status: record.status });
  if (record.status !== 'SUCCEEDED') throw errorOf(record, run.consoleUrl);
  const value = (await readResultOf(record, run)) as Value;
  return {
    runId: run.id,
    status: record.status,
    value,
    exportedVariables: record.exportedVariables ?? {},
    record,
  };
}

/** Reads the value of a run that succeeded, and compares its text with the digest in the record. */
async function readResultOf(record: RunRecord, run: TargetRun): Promise<unknown> {
  if (record.kind === 'commands') return null;
  const { result: text } = await readPage(run, { result: true });
  const failed = (message: string) =>
    new RunFailedError({ ...record, failure: { code: 'ResultMissing', message } }, run.consoleUrl);
  if (text === undefined) throw failed('its result is no longer in the bucket: the files of runs expire.');
  const content = Buffer.from(text);
  const digest = record.result ?? contentDigest(content);
  const found = foundResult(content, digest, { location: `of the run ${run.id}`, parse: parseResultText });
  if (found.found === 'value') return found.value;
  if (found.found === 'missing') throw failed('its result is missing.');
  throw new RunFailedError({ ...record, failure: found.failure }, run.consoleUrl);
}
