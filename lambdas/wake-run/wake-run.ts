import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';

import { isTerminal, phaseAfter, RUNS_BY_BUILD_INDEX, transitionToPhase } from '../../lib/contract/index.js';
import { endWait } from '../../lib/run-store/execution.js';
import { leaveLock, type LeaveLockClients } from '../../lib/run-store/leave-lock.js';
import { updateRecord } from '../../lib/run-store/record.js';
import { readRunOfLock } from '../../lib/run-store/settle-lock.js';

/** Clients of {@link wakeRun}. */
export interface WakeRunDependencies extends LeaveLockClients {
  /** Cache of run ids by build id, because a build has up to four events and always belongs to the same run. */
  readonly runIds: Map<string, string>;
}

/** Maximum number of builds in the cache of an instance of the handler. */
const REMEMBERED_BUILDS = 1_000;

/** The result of handling an event. */
export interface Woken {
  /** The run of the build; undefined if the index has no run with this build. */
  readonly runId: string | undefined;
  readonly did: 'end the wait' | 'record the phase' | 'hand over the lock' | 'nothing';
}

const buildId = z
  .string()
  .regex(/^arn:[^:]+:codebuild:[^:]*:[^:]*:build\/.+$/)
  .transform((arn) => arn.slice(arn.indexOf('/') + 1));

/**
 * CodeBuild's own events on the default bus. The list of variables in them may be empty.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html
 */
const buildEventSchema = z.discriminatedUnion('detail-type', [
  z.object({
    'detail-type': z.literal('CodeBuild Build State Change'),
    detail: z.object({ 'build-id': buildId, 'build-status': z.string() }),
  }),
  z.object({
    'detail-type': z.literal('CodeBuild Build Phase Change'),
    detail: z.object({
      'build-id': buildId,
      'completed-phase': z.string(),
      'completed-phase-status': z.string(),
    }),
  }),
]);

/**
 * Ends the state machine's wait for a build when CodeBuild says that the build has ended, and records the phase of a
 * build that continues. Releases the lock of a run that had ended before its build. Events may be lost, late, early,
 * duplicated or out of order. None of this changes how a run ends, because CollectOutcome reads the build itself, and
 * the machine checks the build after the poll interval.
 *
 * @throws ZodError for an event that is not one of CodeBuild
 */
export async function wakeRun(event: unknown, dependencies: WakeRunDependencies): Promise<Woken> {
  const change = buildEventSchema.parse(event);
  const { 'build-id': buildId } = change.detail;
  const runId = await findRunOfBuild(buildId, dependencies);
  if (runId === undefined) return { runId, did: 'nothing' };
  if (change['detail-type'] === 'CodeBuild Build Phase Change') {
    const { 'completed-phase': completed, 'completed-phase-status': status } = change.detail;
    const phase = status === 'SUCCEEDED' ? phaseAfter(completed) : undefined;
    if (phase === undefined) return { runId, did: 'nothing' };
    await updateRecord(runId, transitionToPhase(buildId, phase), dependencies);
    return { runId, did: 'record the phase' };
  }
  if (change.detail['build-status'] === 'IN_PROGRESS') return { runId, did: 'nothing' };
  const run = await readRunOfLock(runId, dependencies);
  if (run?.buildId !== buildId) return { runId, did: 'nothing' };
  if (isTerminal(run.status)) {
    if (run.lock === undefined || !(await leaveLock(run, dependencies))) return { runId, did: 'nothing' };
    return { runId, did: 'hand over the lock' };
  }
  if (run.taskToken === undefined) return { runId, did: 'nothing' };
  await endWait(dependencies.sfn, run.taskToken);
  return { runId, did: 'end the wait' };
}

/**
 * Finds the run of a build. The index that is read is eventually consistent: a build that started in the last second
 * may not be found, and the record may name another build by now.
 */
async function findRunOfBuild(
  buildId: string,
  { dynamodb, runTable, runIds }: WakeRunDependencies,
): Promise<string | undefined> {
  const known = runIds.get(buildId);
  if (known !== undefined) return known;
  const query = new QueryCommand({
    TableName: runTable,
    IndexName: RUNS_BY_BUILD_INDEX,
    KeyConditionExpression: 'buildId = :buildId',
    ExpressionAttributeValues: { ':buildId': { S: buildId } },
  });
  const { Items: [key] = [] } = await dynamodb.send(query);
  const runId = key?.['runId']?.S;
  if (runId !== undefined) remember(buildId, runId, runIds);
  return runId;
}

function remember(buildId: string, runId: string, runIds: Map<string, string>): void {
  const [oldest] = runIds.keys();
  if (oldest !== undefined && runIds.size >= REMEMBERED_BUILDS) runIds.delete(oldest);
  runIds.set(buildId, runId);
}
