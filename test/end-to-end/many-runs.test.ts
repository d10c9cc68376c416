import path from 'node:path';
import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  paginateListBuildsForProject,
} from '@aws-sdk/client-codebuild';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { startLocalSeedkit, type LocalSeedkit } from './local-seedkit.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');
/** Three times the ten handlers, and seven times the four builds, that the local AWS runs at a time. */
const RUNS = 30;

let place: LocalSeedkit;

beforeAll(async () => {
  place = await startLocalSeedkit({ concurrency: 4 });
});

afterAll(() => place.close());

describe('Runs', () => {
  it('Runs all succeed with their own record and value when 30 are submitted at once', async () => {
    const kit = seedkit(place.name);
    const runs = await Promise.all(
      Array.from({ length: RUNS }, (_, index) => kit.submitFunction(VALUES, 'add', [index, 1_000])),
    );
    const values = await Promise.all(runs.map((run) => run.result()));

    expect(values).toEqual(Array.from({ length: RUNS }, (_, index) => index + 1_000));
    const records = await kit.runs.list({ limit: RUNS + 1 });
    expect(new Set(records.map(({ runId }) => runId))).toEqual(new Set(runs.map(({ id }) => id)));
    expect(new Set(records.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    expect(await buildStatuses()).toEqual({ SUCCEEDED: RUNS });
  });
});

/** Counts the builds of the project by status. */
async function buildStatuses(): Promise<Record<string, number>> {
  const client = new CodeBuildClient({});
  const counts: Record<string, number> = {};
  for await (const { ids = [] } of paginateListBuildsForProject(
    { client },
    { projectName: `codeseeder-${place.name}` },
  )) {
    const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids }));
    for (const { buildStatus = '' } of builds) counts[buildStatus] = (counts[buildStatus] ?? 0) + 1;
  }
  return counts;
}
