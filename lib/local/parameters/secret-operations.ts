import { randomBytes, randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import {
  findVersion,
  markedForDeletion,
  type SecretStore,
  type SecretVersion,
  type StoredSecret,
} from './secret-store.js';

const value = { SecretString: z.string().max(65_536).optional(), SecretBinary: z.string().optional() };
const schemas = {
  create: z.strictObject({
    Name: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
    ClientRequestToken: z.string().optional(),
    Description: z.string().optional(),
    KmsKeyId: z.string().optional(),
    Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
    ...value,
  }),
  put: z.strictObject({
    SecretId: z.string(),
    ClientRequestToken: z.string().optional(),
    VersionStages: z.array(z.string()).min(1).default(['AWSCURRENT']),
    ...value,
  }),
  get: z.strictObject({
    SecretId: z.string(),
    VersionId: z.string().optional(),
    VersionStage: z.string().optional(),
  }),
  describe: z.strictObject({ SecretId: z.string() }),
  list: z.strictObject({
    MaxResults: z.number().int().min(1).max(100).default(100),
    NextToken: z.string().default(''),
  }),
  delete: z.strictObject({
    SecretId: z.string(),
    RecoveryWindowInDays: z.number().int().min(7).max(30).optional(),
    ForceDeleteWithoutRecovery: z.boolean().default(false),
  }),
};

/** Secrets Manager's operations. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
export function secretOperations(context: PlaceContext, store: SecretStore): Record<string, JsonOperation> {
  const now = () => context.clock.now();
  return {
    CreateSecret: async (input: unknown) => {
      const {
        Name,
        Description,
        ClientRequestToken = randomUUID(),
        ...content
      } = parse(schemas.create, input);
      const existing = await store.get(Name);
      if (existing?.deletedAtMs !== undefined) throw markedForDeletion();
      if (existing !== undefined) {
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${Name} already exists.`,
        );
      }
      const arn = `arn:${context.partition}:secretsmanager:${context.region}:${context.account}:secret:${Name}-${randomEnd()}`;
      const version = versionOf(content, ClientRequestToken, ['AWSCURRENT'], now());
      await store.put({
        name: Name,
        arn,
        versions: version === undefined ? [] : [version],
        createdAtMs: now(),
        changedAtMs: now(),
        ...(Description === undefined ? {} : { description: Description }),
      });
      return { ARN: arn, Name, ...(version === undefined ? {} : { VersionId: version.id }) };
    },
    PutSecretValue: async (input: unknown) => {
      const {
        SecretId,
        VersionStages,
        ClientRequestToken = randomUUID(),
        ...content
      } = parse(schemas.put, input);
      const secret = await store.find(SecretId);
      if (secret.deletedAtMs !== undefined) throw markedForDeletion();
      const version = versionOf(content, ClientRequestToken, VersionStages, now());
      if (version === undefined) {
        throw new AwsError(
          'InvalidRequestException',
          'You must provide either SecretString or SecretBinary.',
        );
      }
      await store.put({ ...secret, versions: withVersion(secret.versions, version), changedAtMs: now() });
      return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
    },
    GetSecretValue: async (input: unknown) => {
      const { SecretId, VersionId, VersionStage } = parse(schemas.get, input);
      const secret = await store.find(SecretId);
      const version = findVersion(secret, { id: VersionId, stage: VersionStage });
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        VersionStages: version.stages,
        CreatedDate: version.createdAtMs / 1000,
        ...(version.text === undefined ? {} : { SecretString: version.text }),
        ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
      };
    },
    DescribeSecret: async (input: unknown) => {
      const secret = await store.find(parse(schemas.describe, input).SecretId);
      const versions = secret.versions.map(({ id, stages }) => [id, stages]);
      return { ...described(secret), VersionIdsToStages: Object.fromEntries(versions) as object };
    },
    ListSecrets: async (input: unknown) => {
      const { MaxResults, NextToken } = parse(schemas.list, input);
      const all = (await store.list()).filter(
        ({ name, deletedAtMs }) => deletedAtMs === undefined && name >= NextToken,
      );
      const next = all[MaxResults];
      return {
        SecretList: all.slice(0, MaxResults).map(described),
        ...(next === undefined ? {} : { NextToken: next.name }),
      };
    },
    DeleteSecret: async (input: unknown) => {
      const {
        SecretId,
        ForceDeleteWithoutRecovery,
        RecoveryWindowInDays = 30,
      } = parse(schemas.delete, input);
      const secret = await store.find(SecretId);
      if (ForceDeleteWithoutRecovery) await store.remove(secret.name);
      else await store.put({ ...secret, deletedAtMs: now() });
      const days = ForceDeleteWithoutRecovery ? 0 : RecoveryWindowInDays;
      return { ARN: secret.arn, Name: secret.name, DeletionDate: now() / 1000 + days * 86_400 };
    },
  };
}

function versionOf(
  { SecretString, SecretBinary }: { SecretString?: string | undefined; SecretBinary?: string | undefined },
  id: string,
  stages: readonly string[],
  createdAtMs: number,
): SecretVersion | undefined {
  if (SecretString === undefined && SecretBinary === undefined) return undefined;
  return {
    id,
    stages,
    createdAtMs,
    ...(SecretString === undefined ? {} : { text: SecretString }),
    ...(SecretBinary === undefined ? {} : { binary: SecretBinary }),
  };
}

/** A stage is on one version only; what was current becomes the previous one, and versions without stage go. */
function withVersion(versions: readonly SecretVersion[], added: SecretVersion): SecretVersion[] {
  const current = added.stages.includes('AWSCURRENT');
  const moved = versions
    .filter(({ id }) => id !== added.id)
    .map((version) => {
      const wasCurrent = current && version.stages.includes('AWSCURRENT');
      const kept = version.stages.filter(
        (stage) => !added.stages.includes(stage) && !(current && stage === 'AWSPREVIOUS'),
      );
      return { ...version, stages: wasCurrent ? [...kept, 'AWSPREVIOUS'] : kept };
    });
  return [...moved.filter(({ stages }) => stages.length > 0), added];
}

function described(secret: StoredSecret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: secret.createdAtMs / 1000,
    LastChangedDate: secret.changedAtMs / 1000,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.deletedAtMs === undefined ? {} : { DeletedDate: secret.deletedAtMs / 1000 }),
  };
}

function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError('InvalidParameterException', z.prettifyError(parsed.error));
}

/** Six letters and digits, as the service puts at an ARN's end. */
function randomEnd(): string {
  return randomBytes(12).toString('base64').replace(/[+/=]/g, '').padEnd(6, 'x').slice(0, 6);
}
