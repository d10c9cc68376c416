import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { type InputOf, operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import type { WireBuild } from './build-record.js';
import { startBuildMembers } from './build-request.js';
import type { BuildRunner } from './build-runner.js';
import type { BuildStore } from './build-store.js';
import { invalidInput } from './invalid-input.js';
import type { WireProject } from './project-shape.js';
import type { ProjectStore } from './project-store.js';
import type { BuildStarter } from './start-build.js';

const PAGE_SIZE = 100;

/** IDs or ARNs of builds, or names or ARNs of projects. */
const batch = z.array(z.string()).min(1).max(100);
const nextToken = z.string().min(1).optional();
const buildOrder = z.enum(['ASCENDING', 'DESCENDING']).default('DESCENDING');
const listProjectsMembers = {
  sortBy: z.enum(['NAME', 'CREATED_TIME', 'LAST_MODIFIED_TIME']).default('NAME'),
  sortOrder: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING'),
  nextToken,
};

export interface BuildOperationsTools {
  readonly builds: BuildStore;
  readonly projects: ProjectStore;
  readonly runner: BuildRunner;
  readonly starter: BuildStarter;
}

/** Returns CodeBuild's operations. */
export function buildOperations({ builds, projects, runner, starter }: BuildOperationsTools) {
  return {
    StartBuild: operation(startBuildMembers, async (input) => ({ build: await starter.start(input) })),
    BatchGetBuilds: operation({ ids: batch }, async ({ ids }) => {
      const found: WireBuild[] = [];
      const missing: string[] = [];
      for (const id of ids) {
        const record = await builds.get(buildId(id));
        if (record === undefined) missing.push(id);
        else found.push(record.build);
      }
      return { builds: found, buildsNotFound: missing };
    }),
    StopBuild: operation({ id: z.string().min(1) }, async (input) => {
      const id = buildId(input.id);
      await runner.stop(id);
      const record = await builds.get(id);
      if (record !== undefined) return { build: record.build };
      throw new AwsError('ResourceNotFoundException', `Build cannot be found: ${input.id}`);
    }),
    ListBuilds: operation({ sortOrder: buildOrder, nextToken }, async (input) =>
      listIds(builds.ids(), input),
    ),
    ListBuildsForProject: operation(
      { projectName: z.string().min(1), sortOrder: buildOrder, nextToken },
      async ({ projectName, ...input }) => listIds(builds.ids(projects.get(projectName).name), input),
    ),
    BatchGetProjects: operation({ names: batch }, async ({ names }) => ({
      projects: names.map((name) => projects.find(name)).filter((project) => project !== undefined),
      projectsNotFound: names.filter((name) => projects.find(name) === undefined),
    })),
    ListProjects: operation(listProjectsMembers, async (input) => listProjects(projects.list(), input)),
  };
}

function listIds(
  ascending: string[],
  { sortOrder, nextToken: token }: { sortOrder: 'ASCENDING' | 'DESCENDING'; nextToken?: string | undefined },
) {
  const ids = sortOrder === 'DESCENDING' ? ascending.reverse() : ascending;
  const { items, nextToken: next } = page(ids, String, {
    order: 'other',
    limit: PAGE_SIZE,
    token,
    invalidToken,
  });
  return { ids: items, nextToken: next };
}

function listProjects(all: readonly WireProject[], input: InputOf<typeof listProjectsMembers>) {
  const isDescending = input.sortOrder === 'DESCENDING';
  const key = PROJECT_KEYS[input.sortBy];
  const sorted = all.toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
  const order = isDescending ? 'descending' : 'ascending';
  const options = { order, limit: PAGE_SIZE, token: input.nextToken, invalidToken } as const;
  const { items, nextToken: next } = page(isDescending ? sorted.reverse() : sorted, key, options);
  return { projects: items.map(({ name }) => name), nextToken: next };
}

const PROJECT_KEYS = {
  NAME: ({ name }: WireProject) => name,
  CREATED_TIME: ({ name, created }: WireProject) => timeKey(created, name),
  LAST_MODIFIED_TIME: ({ name, lastModified }: WireProject) => timeKey(lastModified, name),
};

function timeKey(seconds: number | undefined, name: string): string {
  return `${(seconds ?? 0).toFixed(3).padStart(20, '0')} ${name}`;
}

function invalidToken(): AwsError {
  return invalidInput('Invalid next token');
}

/** Returns the id of a build that is named by its id or ARN. */
function buildId(idOrArn: string): string {
  return /^arn:[^:]+:codebuild:[^:]*:[^:]*:build\/(.+)$/.exec(idOrArn)?.[1] ?? idOrArn;
}
