import { randomBytes, randomUUID } from 'node:crypto';

import { z } from 'zod';

import { arnOf, type PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { harmless, operation, type InputOf } from '../wire/operation.js';
import { page } from '../wire/page.js';
import {
  findVersion,
  markedForDeletion,
  type SecretStore,
  type SecretVersion,
  type StoredSecret,
} from './secret-store.js';

const content = {
  ClientRequestToken: z.string().default(() => randomUUID()),
  SecretString: z.string().max(65_536).optional(),
  SecretBinary: z.string().optional(),
};
type SecretContent = InputOf<typeof content>;

const createMembers = {
  Name: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
  Description: z.string().optional(),
  KmsKeyId: harmless(z.string(), 'nothing is encrypted at rest'),
  Tags: harmless(z.array(z.object({ Key: z.string(), Value: z.string() })), 'no operation reads tags'),
  ...content,
};
const putMembers = {
  SecretId: z.string(),
  VersionStages: z.array(z.string()).min(1).default(['AWSCURRENT']),
  ...content,
};
const deleteMembers = {
  SecretId: z.string(),
  RecoveryWindowInDays: z.number().int().min(7).max(30).default(30),
  ForceDeleteWithoutRecovery: z.boolean().default(false),
};

/**
 * Returns the operations of Secrets Manager.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export function secretOperations(context: PlaceContext, store: SecretStore) {
  return {
    CreateSecret: operation(createMembers, (input) => createSecret(context, store, input)),
    PutSecretValue: operation(putMembers, (input) => putSecretValue(context, store, input)),
    GetSecretValue: operation(
      { SecretId: z.string(), VersionId: z.string().optional(), VersionStage: z.string().optional() },
      async ({ SecretId, VersionId, VersionStage }) => {
        const secret = await store.find(SecretId);
        const version = findVersion(secret, { id: VersionId, stage: VersionStage });
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionId: version.id,
          VersionStages: version.stages,
          CreatedDate: version.createdAtMs / 1000,
          SecretString: version.text,
          SecretBinary: version.binary,
        };
      },
    ),
    DescribeSecret: operation({ SecretId: z.string() }, async ({ SecretId }) => {
      const secret = await store.find(SecretId);
      const versions = new Map(secret.versions.map(({ id, stages }) => [id, stages]));
      const deletionAtMs = secret.deletionAtMs ?? secret.deletedAtMs;
      return {
        ...describeSecret(secret),
        DeletedDate: deletionAtMs && deletionAtMs / 1000,
        VersionIdsToStages: Object.fromEntries(versions),
      };
    }),
    ListSecrets: operation(
      { MaxResults: z.number().int().min(1).max(100).default(100), NextToken: z.string().optional() },
      async ({ MaxResults, NextToken }) => {
        const kept = (await store.list()).filter(({ deletedAtMs }) => deletedAtMs === undefined);
        const options = { token: NextToken, limit: MaxResults, invalidToken };
        const { items, nextToken } = page(kept, ({ name }) => name, options);
        return { SecretList: items.map(describeSecret), NextToken: nextToken };
      },
    ),
    DeleteSecret: operation(deleteMembers, (input) => deleteSecret(context, store, input)),
    RestoreSecret: operation({ SecretId: z.string() }, ({ SecretId }) =>
      store.change(SecretId, async ({ deletedAtMs: _, deletionAtMs: __, ...secret }) => {
        await store.put(secret);
        return { ARN: secret.arn, Name: secret.name };
      }),
    ),
  };
}

function createSecret(
  context: PlaceContext,
  store: SecretStore,
  { Name, Description, ...value }: InputOf<typeof createMembers>,
) {
  return store.create(Name, async (existing) => {
    if (existing !== undefined) throw nameInUse(existing);
    const now = context.clock.now();
    const version = versionOf(value, ['AWSCURRENT'], now);
    const arn = arnOf(context, 'secretsmanager', `secret:${Name}-${randomSuffix()}`);
    await store.put({
      name: Name,
      arn,
      versions: version === undefined ? [] : [version],
      createdAtMs: now,
      changedAtMs: now,
      description: Description,
    });
    return { ARN: arn, Name, VersionId: version?.id };
  });
}

function nameInUse({ name, deletedAtMs }: StoredSecret): AwsError {
  if (deletedAtMs === undefined) {
    return new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    );
  }
  return new AwsError(
    'InvalidRequestException',
    `You can't create this secret because a secret with this name is already scheduled for deletion: ${name}. Call RestoreSecret to use it again, or DeleteSecret with ForceDeleteWithoutRecovery to free its name.`,
  );
}

function putSecretValue(
  { clock }: PlaceContext,
  store: SecretStore,
  { SecretId, VersionStages, ...value }: InputOf<typeof putMembers>,
) {
  return store.change(SecretId, async (secret) => {
    if (secret.deletedAtMs !== undefined) throw markedForDeletion();
    const now = clock.now();
    const version = versionOf(value, VersionStages, now);
    if (version === undefined) {
      throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    }
    await store.put({ ...secret, versions: withVersion(secret.versions, version), changedAtMs: now });
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
  });
}

async function deleteSecret(
  context: PlaceContext,
  store: SecretStore,
  { SecretId, ForceDeleteWithoutRecovery: isForced, RecoveryWindowInDays }: InputOf<typeof deleteMembers>,
) {
  const now = context.clock.now();
  const deletionAtMs = now + (isForced ? 0 : RecoveryWindowInDays * 86_400_000);
  const deleting = store.change(SecretId, async (secret) => {
    if (isForced) await store.remove(secret.name);
    else if (secret.deletedAtMs !== undefined) throw markedForDeletion();
    else await store.put({ ...secret, deletedAtMs: now, deletionAtMs });
    return { ARN: secret.arn, Name: secret.name };
  });
  const deleted = isForced ? await deleting.catch(unlessMissing) : await deleting;
  return { ...(deleted ?? identityOf(context, SecretId)), DeletionDate: deletionAtMs / 1000 };
}

/** Returns undefined for the error that there is no secret, and throws others. */
function unlessMissing(error: unknown): undefined {
  if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
  throw error;
}

/** Returns ARN and name of a secret that does not exist. @param reference its name or ARN */
function identityOf(context: PlaceContext, reference: string): { ARN: string; Name: string } {
  const isArn = reference.startsWith('arn:');
  const name = isArn ? reference.split(':').slice(6).join(':') : reference;
  return { ARN: isArn ? reference : arnOf(context, 'secretsmanager', `secret:${name}`), Name: name };
}

function versionOf(
  { ClientRequestToken: id, SecretString: text, SecretBinary: binary }: SecretContent,
  stages: readonly string[],
  createdAtMs: number,
): SecretVersion | undefined {
  if (text === undefined && binary === undefined) return undefined;
  return { id, stages, createdAtMs, text, binary };
}

/**
 * Adds a version to a secret. Each staging label belongs to one version, so the labels of the added version are
 * removed from the others. If it becomes AWSCURRENT, the former current version becomes AWSPREVIOUS. Versions without
 * a label are removed.
 */
function withVersion(versions: readonly SecretVersion[], added: SecretVersion): SecretVersion[] {
  const isCurrent = added.stages.includes('AWSCURRENT');
  const others = versions
    .filter(({ id }) => id !== added.id)
    .map((version) => {
      const wasCurrent = isCurrent && version.stages.includes('AWSCURRENT');
      const kept = version.stages.filter(
        (stage) => !added.stages.includes(stage) && !(isCurrent && stage === 'AWSPREVIOUS'),
      );
      return { ...version, stages: wasCurrent ? [...kept, 'AWSPREVIOUS'] : kept };
    });
  return [...others.filter(({ stages }) => stages.length > 0), added];
}

function describeSecret(secret: StoredSecret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: secret.createdAtMs / 1000,
    LastChangedDate: secret.changedAtMs / 1000,
    Description: secret.description,
  };
}

function invalidToken(): AwsError {
  return new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
}

/** Returns six random letters and digits, as Secrets Manager appends to the ARN of a secret. */
function randomSuffix(): string {
  return randomBytes(12).toString('base64').replace(/[+/=]/g, '').padEnd(6, 'x').slice(0, 6);
}
