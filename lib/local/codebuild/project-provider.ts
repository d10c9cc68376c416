import type { PlaceContext } from '../place-context.js';
import type {
  Json,
  JsonObject,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../template/resource-provider.js';
import { AwsError } from '../wire/aws-error.js';
import { toSeconds } from './build-record.js';
import { invalidInput } from './invalid-input.js';
import {
  checkArtifacts,
  checkEnvironment,
  checkLogsConfig,
  checkSecondarySources,
  checkSource,
  checkTimeouts,
  type WireProject,
} from './project-shape.js';
import { projectArn, type ProjectStore } from './project-store.js';

const DEFAULT_TIMEOUTS = { timeoutInMinutes: 60, queuedTimeoutInMinutes: 480 };

/** `AWS::CodeBuild::Project`. */
export function projectProvider(context: PlaceContext, projects: ProjectStore): ResourceProvider {
  const provided = ({ name, arn }: WireProject): ProvidedResource => ({
    physicalId: name,
    attributes: { Arn: arn, Id: name },
  });
  return {
    type: 'AWS::CodeBuild::Project',
    modelled: [
      'Name',
      'Description',
      'Artifacts',
      'Source',
      'SecondarySources',
      'Environment',
      'ServiceRole',
      'EncryptionKey',
      'LogsConfig',
      'TimeoutInMinutes',
      'QueuedTimeoutInMinutes',
      'ConcurrentBuildLimit',
      'Cache',
      'Tags',
      'Visibility',
    ],
    harmless: {
      VpcConfig: "a build uses the machine's own network",
      BadgeEnabled: 'a badge shows a build, it changes none',
    },
    check: (request) => void makeProject(context, request),
    async create(request) {
      const project = makeProject(context, request);
      if (projects.find(project.name) !== undefined) {
        throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${project.arn}`);
      }
      await projects.put(project);
      return provided(project);
    },
    async update(current, request) {
      const project = makeProject(context, request);
      if (project.name !== current.physicalId) {
        throw invalidInput(`The name of project ${current.physicalId} cannot be changed.`);
      }
      const { created } = projects.find(project.name) ?? project;
      await projects.put({ ...project, created });
      return provided(project);
    },
    async delete({ physicalId }) {
      await projects.delete(physicalId);
    },
  };
}

function makeProject(
  context: PlaceContext,
  { stackName, logicalId, properties }: ResourceRequest,
): WireProject {
  const { Name: givenName, ...rest } = properties;
  const name = typeof givenName === 'string' ? givenName : `${stackName}-${logicalId}`;
  const now = toSeconds(context.clock.now());
  const { Visibility: visibility = 'PRIVATE', ...shape } = rest;
  if (visibility !== 'PRIVATE')
    throw invalidInput(`The local place has no Visibility ${JSON.stringify(visibility)}.`);
  const project: WireProject = {
    ...DEFAULT_TIMEOUTS,
    ...(toWireNames(shape) as Omit<WireProject, 'name' | 'arn' | keyof typeof DEFAULT_TIMEOUTS>),
    name,
    arn: projectArn(context, name),
    created: now,
    lastModified: now,
  };
  checkSource(project.source, 'Source');
  checkSecondarySources(project.secondarySources ?? []);
  checkArtifacts(project.artifacts);
  checkEnvironment(project.environment);
  checkLogsConfig(project.logsConfig ?? {});
  checkTimeouts(project);
  const { type: cache = 'NO_CACHE' } = project.cache ?? {};
  if (cache !== 'NO_CACHE') throw invalidInput(`The local place has no Cache ${cache}; it has NO_CACHE.`);
  return project;
}

/** CloudFormation's names begin with a capital; numbers and booleans may come as text. */
function toWireNames(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'BadgeEnabled')
      .map(([name, member]) => [wireName(name), toWireValue(name, member)]),
  );
}

function wireName(name: string): string {
  return name === 'BuildSpec' ? 'buildspec' : name.charAt(0).toLowerCase() + name.slice(1);
}

function toWireValue(name: string, value: Json): Json {
  if (name === 'TimeoutInMinutes' || name === 'QueuedTimeoutInMinutes' || name === 'ConcurrentBuildLimit') {
    return Number(value);
  }
  if (name === 'PrivilegedMode' || name === 'EncryptionDisabled' || name === 'OverrideArtifactName') {
    return value === true || value === 'true';
  }
  if (name === 'Value' && typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map((item: Json) => toWireValue('', item));
  return typeof value === 'object' && value !== null ? toWireNames(value as JsonObject) : value;
}
