import { KeyedLock } from '../durable/keyed-lock.js';
import { valuesOf } from '../durable/values-of.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';

export interface SecretVersion {
  readonly id: string;
  readonly stages: readonly string[];
  readonly text?: string | undefined;
  /** Base64 text. */
  readonly binary?: string | undefined;
  readonly createdAtMs: number;
}

export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly versions: readonly SecretVersion[];
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** Time at which the secret was deleted with a recovery window. It cannot be read, but its name stays in use. */
  readonly deletedAtMs?: number;
  /** End of the recovery window. Data folders of earlier versions have none. */
  readonly deletionAtMs?: number;
}

/** Secrets by name. */
export type SecretStore = ReturnType<typeof openSecretStore>;

export function openSecretStore(context: PlaceContext) {
  const secrets = context.store.collection<StoredSecret>('secrets');
  const changes = new KeyedLock();
  const find = async (reference: string): Promise<StoredSecret> => {
    const found = reference.startsWith('arn:')
      ? (await valuesOf(secrets)).find(({ arn }) => arn === reference || arn.slice(0, -7) === reference)
      : await secrets.get(reference);
    if (found !== undefined) return found;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  return {
    list: () => valuesOf(secrets),
    /**
     * Finds a secret.
     * @param reference name, ARN, or ARN without its random suffix.
     * @throws AwsError `ResourceNotFoundException`
     */
    find,
    /**
     * Runs work that creates a secret, after all earlier changes of its name.
     * @param work receives the secret that has this name
     */
    create: <T>(name: string, work: (existing: StoredSecret | undefined) => Promise<T>): Promise<T> =>
      changes.run(name, async () => work(await secrets.get(name))),
    /**
     * Runs work that changes a secret, after all earlier changes. Without it, one of two simultaneous versions would be
     * lost, and a secret that is deleted while it gets a version would be stored again.
     * @param reference as in `find`
     * @throws AwsError `ResourceNotFoundException`
     */
    change: async <T>(reference: string, work: (secret: StoredSecret) => Promise<T>): Promise<T> => {
      const { name } = await find(reference);
      return changes.run(name, async () => work(await find(reference)));
    },
    put: (secret: StoredSecret) => secrets.put(secret.name, secret),
    remove: (name: string) => secrets.delete(name),
  };
}

/**
 * Returns a version by id or stage.
 * @throws AwsError `ResourceNotFoundException`, `InvalidRequestException` when the secret was deleted
 */
export function findVersion(
  secret: StoredSecret,
  { id, stage }: { readonly id?: string | undefined; readonly stage?: string | undefined },
): SecretVersion {
  if (secret.deletedAtMs !== undefined) throw markedForDeletion();
  const wanted = stage ?? (id === undefined ? 'AWSCURRENT' : undefined);
  const found = secret.versions.find(
    (version) =>
      (id === undefined || version.id === id) && (wanted === undefined || version.stages.includes(wanted)),
  );
  if (found !== undefined) return found;
  const selector = wanted === undefined ? `VersionId: ${id}` : `staging label: ${wanted}`;
  throw new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${selector}`,
  );
}

/** Returns the error for a secret that cannot be used until it is restored. */
export function markedForDeletion(): AwsError {
  return new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion. To use it again, call RestoreSecret.",
  );
}
