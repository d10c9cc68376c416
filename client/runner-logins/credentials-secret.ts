import { CodeseederError } from '../../lib/contract/codeseeder-error.js';
import { NO_SECRET } from '../../lib/contract/project-variables.js';

/** The JSON of a secret: credentials by registry, or by kind of mirror. */
export type Entries = Readonly<Record<string, unknown>>;

/** Reads a secret's text by its name or ARN. */
export type ReadSecret = (secretId: string) => Promise<string>;

export type Variables = Readonly<Record<string, string | undefined>>;

/** The secret with credentials, and the key of its JSON. */
export interface SecretReference {
  readonly secretId: string;
  /** Undefined unless the variable names a key, as in `secret::key`. */
  readonly key: string | undefined;
}

/**
 * Returns the secret of the first variable that names one. A variable that is unset, empty or `NONE` names none.
 */
export function secretReference(variables: Variables, names: readonly string[]): SecretReference | undefined {
  const value = names
    .map((name) => variables[name] ?? '')
    .find((found) => found !== '' && found !== NO_SECRET);
  if (value === undefined) return undefined;
  const at = value.lastIndexOf('::');
  return at < 0
    ? { secretId: value, key: undefined }
    : { secretId: value.slice(0, at), key: value.slice(at + 2) };
}

/**
 * Reads the JSON object of a secret.
 *
 * @throws CodeseederError `CredentialsUnusable`, without any text of the secret
 */
export async function readEntries({ secretId }: SecretReference, readSecret: ReadSecret): Promise<Entries> {
  const text = await readSecret(secretId).catch((cause: unknown) => {
    throw unusable(`The secret ${secretId} cannot be read: ${describeCause(cause)}`);
  });
  return asEntries(parsed(text), `The secret ${secretId}`);
}

/** Returns an entry of a secret. @throws CodeseederError `CredentialsUnusable` naming the missing key */
export function entryOf(entries: Entries, key: string, { secretId }: SecretReference): Entries {
  if (!Object.hasOwn(entries, key))
    throw unusable(`The secret ${secretId} has no entry ${JSON.stringify(key)}`);
  return asEntries(entries[key], `The entry ${JSON.stringify(key)} of the secret ${secretId}`);
}

/** Returns whether a value is a JSON object. An array is none. */
export function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a member of an entry as text; undefined if it is missing, empty or not a text. */
export function textOf(entry: Entries, member: string): string | undefined {
  const value = Object.hasOwn(entry, member) ? entry[member] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function unusable(message: string): CodeseederError {
  return new CodeseederError('CredentialsUnusable', message);
}

/** Parses JSON; undefined if it is not valid, because the parser's error message would quote the secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asEntries(value: unknown, subject: string): Entries {
  if (isEntries(value)) return value;
  throw unusable(`${subject} is not a JSON object`);
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
