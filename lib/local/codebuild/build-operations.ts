import type {
  BatchGetBuildsInput,
  BatchGetProjectsInput,
  ListBuildsForProjectInput,
  ListBuildsInput,
  ListProjectsInput,
  StartBuildInput,
  StopBuildInput,
} from '@aws-sdk/client-codebuild';

import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import type { WireBuild } from './build-record.js';
import type { BuildRunner } from './build-runner.js';
import type { BuildStore } from './build-store.js';
import { invalidInput, knownMembersOnly } from './invalid-input.js';
import type { ProjectStore } from './project-store.js';
import type { BuildStarter } from './start-build.js';

const BATCH_MAX = 100;
const PAGE_SIZE = 100;

export interface BuildOperationsTools {
  readonly builds: BuildStore;
  readonly projects: ProjectStore;
  readonly runner: BuildRunner;
  readonly starter: BuildStarter;
}

/** What CodeBuild is asked for. */
export function buildOperations({ builds, projects, runner, starter }: BuildOperationsTools) {
  return {
    async StartBuild(input: StartBuildInput) {
      return { build: await starter.start(input) };
    },
    async BatchGetBuilds(input: BatchGetBuildsInput) {
      knownMembersOnly('BatchGetBuilds', input, ['ids']);
      const found: WireBuild[] = [];
      const missing: string[] = [];
      for (const id of checkBatch('ids', input.ids)) {
        const record = await builds.get(buildId(id));
        if (record === undefined) missing.push(id);
        else found.push(record.build);
      }
      return { builds: found, buildsNotFound: missing };
    },
    async StopBuild(input: StopBuildInput) {
      knownMembersOnly('StopBuild', input, ['id']);
      const id = buildId(input.id ?? '');
      await runner.stop(id);
      const record = await builds.get(id);
      if (record !== undefined) return { build: record.build };
      throw new AwsError('ResourceNotFoundException', `Build cannot be found: ${input.id}`);
    },
    async ListBuilds(input: ListBuildsInput) {
      knownMembersOnly('ListBuilds', input, ['sortOrder', 'nextToken']);
      return listIds(builds.ids(), input);
    },
    async ListBuildsForProject(input: ListBuildsForProjectInput) {
      knownMembersOnly('ListBuildsForProject', input, ['projectName', 'sortOrder', 'nextToken']);
      return listIds(builds.ids(projects.get(input.projectName ?? '').name), input);
    },
    async BatchGetProjects(input: BatchGetProjectsInput) {
      knownMembersOnly('BatchGetProjects', input, ['names']);
      const names = checkBatch('names', input.names);
      return {
        projects: names.map((name) => projects.find(name)).filter((project) => project !== undefined),
        projectsNotFound: names.filter((name) => projects.find(name) === undefined),
      };
    },
    async ListProjects(input: ListProjectsInput) {
      knownMembersOnly('ListProjects', input, ['sortBy', 'sortOrder', 'nextToken']);
      const { sortBy = 'NAME', sortOrder = 'ASCENDING' } = input;
      const sorted = projects.list();
      if (sortBy === 'CREATED_TIME') sorted.sort((a, b) => (a.created ?? 0) - (b.created ?? 0));
      if (sortBy === 'LAST_MODIFIED_TIME')
        sorted.sort((a, b) => (a.lastModified ?? 0) - (b.lastModified ?? 0));
      if (sortOrder === 'DESCENDING') sorted.reverse();
      const { page, nextToken } = takePage(
        sorted.map(({ name }) => name),
        input.nextToken,
      );
      return { projects: page, nextToken };
    },
  } satisfies Record<string, JsonOperation>;
}

function listIds(
  ascending: string[],
  { sortOrder = 'DESCENDING', nextToken }: ListBuildsInput,
): { ids: string[]; nextToken: string | undefined } {
  const { page, nextToken: next } = takePage(
    sortOrder === 'DESCENDING' ? ascending.reverse() : ascending,
    nextToken,
  );
  return { ids: page, nextToken: next };
}

/** The token is the last entry of the page before. */
function takePage(
  list: readonly string[],
  token: string | undefined,
): { page: string[]; nextToken: string | undefined } {
  const from = token ? list.indexOf(Buffer.from(token, 'base64url').toString('utf8')) + 1 : 0;
  if (token && from === 0) throw invalidInput('Invalid next token');
  const page = list.slice(from, from + PAGE_SIZE);
  const last = page.at(-1);
  const isMore = last !== undefined && from + PAGE_SIZE < list.length;
  return { page, nextToken: isMore ? Buffer.from(last).toString('base64url') : undefined };
}

/** @param idOrArn of a build */
function buildId(idOrArn: string): string {
  return /^arn:[^:]+:codebuild:[^:]*:[^:]*:build\/(.+)$/.exec(idOrArn)?.[1] ?? idOrArn;
}

function checkBatch(member: string, values: readonly string[] | undefined): readonly string[] {
  if (Array.isArray(values) && values.length >= 1 && values.length <= BATCH_MAX) return values as string[];
  throw invalidInput(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length between 1 and ${BATCH_MAX}`,
  );
}
