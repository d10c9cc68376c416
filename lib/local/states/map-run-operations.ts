import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { checkArn, parentMachineArn } from './arns.js';
import { findExecution } from './execution-operations.js';
import type { OpenMapRuns } from './map-runs.js';
import { invalidToken, pageMembers, text } from './members.js';
import type { MapRunCounts, StoredMapRun, StoredStates } from './stored-states.js';

const count = z.number().int().min(0).max(2_147_483_647).optional();

/** Returns the operations that describe and change map runs. */
export function mapRunOperations({ stored, mapRuns }: { stored: StoredStates; mapRuns: OpenMapRuns }) {
  const find = async (mapRunArn: string): Promise<StoredMapRun> => {
    const run = await mapRuns.get(checkArn(mapRunArn, 'mapRun'));
    if (run !== undefined) return run;
    throw new AwsError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
  };
  return {
    DescribeMapRun: operation({ mapRunArn: text }, async ({ mapRunArn }) => describe(await find(mapRunArn))),
    ListMapRuns: operation({ executionArn: text, ...pageMembers }, async (input) => {
      const { arn } = await findExecution(stored, input.executionArn);
      const { items, nextToken } = page(await stored.mapRuns(arn), (run) => run.arn, {
        limit: input.maxResults,
        token: input.nextToken,
        order: 'other',
        invalidToken,
      });
      return { mapRuns: items.map(summarize), nextToken };
    }),
    UpdateMapRun: operation(
      {
        mapRunArn: text,
        maxConcurrency: count,
        toleratedFailureCount: count,
        toleratedFailurePercentage: z.number().min(0).max(100).optional(),
      },
      async ({ mapRunArn, ...limits }) => {
        const { status } = await find(mapRunArn);
        const changed = Object.entries(limits).filter(([, value]) => value !== undefined);
        if (!mapRuns.update(mapRunArn, Object.fromEntries(changed))) {
          throw new AwsError('ValidationException', `The map run has ended with the status ${status}`);
        }
        return {};
      },
    ),
  };
}

function summarize(run: StoredMapRun) {
  return {
    executionArn: run.executionArn,
    mapRunArn: run.arn,
    stateMachineArn: parentMachineArn(run.machineArn),
    startDate: run.startedAtMs / 1_000,
    stopDate: run.stoppedAtMs === undefined ? undefined : run.stoppedAtMs / 1_000,
  };
}

function describe(run: StoredMapRun) {
  const { executionArn, mapRunArn, startDate, stopDate } = summarize(run);
  return {
    mapRunArn,
    executionArn,
    status: run.status,
    startDate,
    stopDate,
    maxConcurrency: run.maxConcurrency,
    toleratedFailurePercentage: run.toleratedFailurePercentage,
    toleratedFailureCount: run.toleratedFailureCount,
    itemCounts: describeCounts(run.itemCounts),
    executionCounts: describeCounts(run.executionCounts),
    redriveCount: 0,
  };
}

function describeCounts(counts: MapRunCounts) {
  const { failed, timedOut, aborted } = counts;
  return { ...counts, failuresNotRedrivable: failed + timedOut + aborted, pendingRedrive: 0 };
}
