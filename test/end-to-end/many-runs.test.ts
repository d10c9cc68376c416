import path from 'node:path';
import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  paginateListBuildsForProject,
} from '@aws-sdk/client-codebuild';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { BUILD_VARIABLES } from '../../lib/contract/index.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');
/**
 * Number of runs. It is twice the ten handlers, and more than twice the eight builds, that the local AWS can run at the
 * same time.
 */
const RUNS = 20;
const labels = { part: 'many-runs' };

let place: SharedSeedkit;

beforeAll(async () => {
  place = await sharedSeedkit();
});

describe('Runs', () => {
  it('Runs all succeed with their own record and value when 20 are submitted at once', async () => {
    const kit = seedkit(place.name);
    const runs = await Promise.all(
      Array.from({ length: RUNS }, (_, index) =>
        kit.submitFunction(VALUES, 'add', [index, 1_000], { labels }),
      ),
    );
    const values = await Promise.all(runs.map((run) => run.result()));

    expect(values).toEqual(Array.from({ length: RUNS }, (_, index) => index + 1_000));
    const all = await kit.runs.list({ limit: 1_000 });
    const records = all.filter((record) => record.labels?.['part'] === labels.part);
    const ids = new Set(runs.map(({ id }) => id));
    expect(new Set(records.map(({ runId }) => runId))).toEqual(ids);
    expect(new Set(records.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    expect(await buildStatuses(ids)).toEqual({ SUCCEEDED: RUNS });
  });
});

/** Counts the builds of the given runs by status. */
async function buildStatuses(runIds: ReadonlySet<string>): Promise<Record<string, number>> {
  const client = new CodeBuildClient({});
  const counts: Record<string, number> = {};
  for await (const { ids = [] } of paginateListBuildsForProject(
    { client },
    { projectName: `codeseeder-${place.name}` },
  )) {
    const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids }));
    for (const { buildStatus = '', environment } of builds) {
      const runId = environment?.environmentVariables?.find(({ name }) => name === BUILD_VARIABLES.runId);
      if (runIds.has(runId?.value ?? '')) counts[buildStatus] = (counts[buildStatus] ?? 0) + 1;
    }
  }
  return counts;
}
