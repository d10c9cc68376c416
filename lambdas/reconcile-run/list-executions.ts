import { type ExecutionListItem, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';

import type { KnownRun } from './end-run.js';
import { OPEN_RUN_DAYS } from './find-open-runs.js';
import type { Paces } from './pace.js';

/**
 * Carries out one step of a sweep. Logs an error, so that the sweep continues.
 * @returns undefined if the step failed
 */
export type Attempt = <Value>(what: string, act: () => Promise<Value>) => Promise<Value | undefined>;

export interface ListExecutionsDependencies {
  readonly sfn: SFNClient;
  readonly stateMachineArn: string;
  readonly now: () => Date;
  readonly paces: Paces;
  readonly attempt: Attempt;
  /** Returns whether the time for listing is over. */
  readonly isOver: () => boolean;
}

/** Executions by the run's id. Each list may be partial. */
export interface ListedExecutions {
  readonly running: ReadonlySet<string>;
  /** Executions that started in the last six hours and were stopped, failed or timed out. */
  readonly ended: ReadonlyMap<string, KnownRun>;
}

/** Maximum number of executions that ListExecutions returns in a page. */
const PAGE_SIZE = 1_000;

/** Statuses of executions that may have ended without ending the record of their run. */
const ENDED_STATUSES = ['ABORTED', 'FAILED', 'TIMED_OUT'] as const;
type EndedStatus = (typeof ENDED_STATUSES)[number];

const RUNNING_MS = OPEN_RUN_DAYS * 86_400_000;

/**
 * Maximum time since the start of an execution that the sweep finds without a record. An execution has no record only
 * in its first minutes, during PrepareRun and its retries. The rest of the six hours is a margin for sweeps that
 * failed.
 */
const ENDED_MS = 6 * 3_600_000;

/**
 * Lists the executions that are running, and those that started in the last six hours and may have ended without
 * recording it.
 */
export async function listKnownExecutions(
  dependencies: ListExecutionsDependencies,
): Promise<ListedExecutions> {
  const running = new Set<string>();
  const ended = new Map<string, KnownRun>();
  await readList('RUNNING', RUNNING_MS, dependencies, ({ runId }) => running.add(runId));
  for (const status of ENDED_STATUSES) {
    await readList(status, ENDED_MS, dependencies, (run) => ended.set(run.runId, run));
  }
  return { running, ended };
}

async function readList(
  status: ExecutionQuery['status'],
  ageMs: number,
  { sfn, stateMachineArn, now, paces, attempt, isOver }: ListExecutionsDependencies,
  take: (run: KnownRun) => unknown,
): Promise<void> {
  const nextPage = async () => {
    if (isOver()) return false;
    await paces.lists.turn();
    return true;
  };
  const since = new Date(now().getTime() - ageMs);
  await attempt(`list the ${status} executions`, async () => {
    for await (const page of listExecutions(sfn, { stateMachineArn, status, since, nextPage })) {
      for (const { name, executionArn } of page) {
        if (name !== undefined && executionArn !== undefined) take({ runId: name, executionArn });
      }
    }
  });
}

/** Selects executions of a state machine. */
interface ExecutionQuery {
  readonly stateMachineArn: string;
  readonly status: 'RUNNING' | EndedStatus;
  /** Start of the oldest execution to list. */
  readonly since: Date;
  /** Called before each page except the first. @returns whether to read the page */
  readonly nextPage: () => Promise<boolean>;
}

/** Lists executions, newest first, page by page. The list is eventually consistent and may lack the last seconds. */
async function* listExecutions(
  sfn: SFNClient,
  { stateMachineArn, status, since, nextPage }: ExecutionQuery,
): AsyncGenerator<readonly ExecutionListItem[]> {
  let nextToken: string | undefined;
  do {
    const command = new ListExecutionsCommand({
      stateMachineArn,
      statusFilter: status,
      maxResults: PAGE_SIZE,
      nextToken,
    });
    const page = await sfn.send(command);
    const { executions = [] } = page;
    const listed = executions.filter(({ startDate }) => startDate === undefined || startDate >= since);
    yield listed;
    nextToken = listed.length === executions.length ? page.nextToken : undefined;
  } while (nextToken !== undefined && (await nextPage()));
}
