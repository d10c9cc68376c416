import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import type {
  Json,
  JsonObject,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../resources/resource-provider.js';
import { checkInput } from '../wire/operation.js';
import { toSeconds } from './build-record.js';
import { invalidInput } from './invalid-input.js';
import {
  artifacts,
  cache,
  environment,
  logsConfig,
  queuedTimeoutInMinutes,
  secondaryArtifacts,
  secondarySources,
  secondarySourceVersions,
  source,
  sourceProblem,
  sourceVersion,
  timeoutInMinutes,
  type WireProject,
} from './project-shape.js';
import { projectArn, type ProjectStore } from './project-store.js';

const projectSchema = z.strictObject({
  description: z.string().optional(),
  artifacts,
  source: source.superRefine((each, issues) => {
    const problem = sourceProblem(each);
    if (problem !== undefined) issues.addIssue(problem);
  }),
  secondarySources: secondarySources.optional(),
  sourceVersion: sourceVersion.optional(),
  secondarySourceVersions: secondarySourceVersions.optional(),
  secondaryArtifacts: secondaryArtifacts.optional(),
  environment,
  serviceRole: z.string().optional(),
  encryptionKey: z.string().optional(),
  logsConfig: logsConfig.optional(),
  timeoutInMinutes: timeoutInMinutes.default(60),
  queuedTimeoutInMinutes: queuedTimeoutInMinutes.default(480),
  concurrentBuildLimit: z.number().int().min(1).optional(),
  cache: cache.optional(),
  tags: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
  visibility: z.literal('PRIVATE').optional(),
  vpcConfig: z
    .looseObject({
      vpcId: z.string().optional(),
      subnets: z.array(z.string()).optional(),
      securityGroupIds: z.array(z.string()).optional(),
    })
    .optional(),
});

const MODELLED = Object.keys(projectSchema.shape)
  .filter((name) => name !== 'vpcConfig')
  .map((name) => name.charAt(0).toUpperCase() + name.slice(1));

/** Provides `AWS::CodeBuild::Project`. */
export function projectProvider(context: PlaceContext, projects: ProjectStore): ResourceProvider {
  const provided = ({ name, arn }: WireProject): ProvidedResource => ({
    physicalId: name,
    attributes: { Arn: arn, Id: name },
  });
  return {
    type: 'AWS::CodeBuild::Project',
    modelled: ['Name', ...MODELLED],
    harmless: {
      VpcConfig: "a build uses the machine's own network",
      BadgeEnabled: 'a badge does not change builds',
    },
    check: (request) => void makeProject(context, request),
    async create(request) {
      const project = makeProject(context, request);
      await projects.create(project);
      return provided(project);
    },
    async update(current, request) {
      const project = makeProject(context, request);
      if (project.name !== current.physicalId) {
        throw invalidInput(`The name of project ${current.physicalId} cannot be changed.`);
      }
      await projects.put(project);
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
  const { Name: ownName, ...shape } = properties;
  const name = typeof ownName === 'string' ? ownName : `${stackName}-${logicalId}`;
  const now = toSeconds(context.clock.now());
  const { visibility: _, ...project } = checkInput(
    'AWS::CodeBuild::Project',
    'InvalidInputException',
    projectSchema,
    toWireNames(shape),
  );
  return { ...project, name, arn: projectArn(context, name), created: now, lastModified: now };
}

/**
 * Converts the names of a template's properties to those of the API, which begin in lower case. Also converts numbers
 * and booleans that are written as text.
 */
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

const NUMBERS = ['TimeoutInMinutes', 'QueuedTimeoutInMinutes', 'ConcurrentBuildLimit'];
const BOOLEANS = ['PrivilegedMode', 'EncryptionDisabled', 'OverrideArtifactName'];

function toWireValue(name: string, value: Json): Json {
  if (NUMBERS.includes(name)) return Number(value);
  if (BOOLEANS.includes(name)) return value === true || value === 'true';
  if (name === 'Value' && typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map((item: Json) => toWireValue('', item));
  return typeof value === 'object' && value !== null ? toWireNames(value as JsonObject) : value;
}
