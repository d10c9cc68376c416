import { PROJECT_VARIABLES } from '../../lib/contract/project-variables.js';
import {
  entryOf,
  readEntries,
  secretReference,
  textOf,
  unusable,
  type Entries,
  type ReadSecret,
  type Variables,
} from './credentials-secret.js';

/** The credentials in a mirror's secret for one kind of package. */
export interface MirrorCredentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** A token that npm uses instead of username and password. */
  readonly token: string | undefined;
  /** Names the entry of the secret in messages. */
  readonly source: string;
}

/** A mirror of packages. */
export interface Mirror {
  readonly url: URL;
  /** Undefined if the mirror needs none. */
  readonly credentials: MirrorCredentials | undefined;
}

const SECRET_VARIABLES = {
  pypi: [PROJECT_VARIABLES.pypiMirrorSecret, PROJECT_VARIABLES.mirrorSecret],
  npm: [PROJECT_VARIABLES.npmMirrorSecret, PROJECT_VARIABLES.mirrorSecret],
} as const;

/**
 * Returns the mirror of one kind of package. The URL of the run takes precedence over the `url` of the secret. The
 * secret is named by the variable for this kind of package or else by the variable for all kinds.
 *
 * @returns undefined if neither the run nor a secret names a mirror
 * @throws CodeseederError `CredentialsUnusable`
 */
export async function findMirror(
  kind: keyof typeof SECRET_VARIABLES,
  runUrl: string | undefined,
  variables: Variables,
  readSecret: ReadSecret,
): Promise<Mirror | undefined> {
  const reference = secretReference(variables, SECRET_VARIABLES[kind]);
  if (reference === undefined) {
    return runUrl === undefined ? undefined : { url: secureUrl(runUrl), credentials: undefined };
  }
  const entries = await readEntries(reference, readSecret);
  // A secret for both kinds may have an entry for one of them only.
  if (runUrl === undefined && reference.key === undefined && !Object.hasOwn(entries, kind)) return undefined;
  const key = reference.key ?? kind;
  const entry = entryOf(entries, key, reference);
  const url = runUrl ?? textOf(entry, 'url');
  if (url === undefined) return undefined;
  const source = `The entry ${JSON.stringify(key)} of the secret ${reference.secretId}`;
  return { url: secureUrl(url), credentials: credentialsOf(entry, source) };
}

function credentialsOf(entry: Entries, source: string): MirrorCredentials {
  return {
    username: textOf(entry, 'username'),
    password: textOf(entry, 'password'),
    token: textOf(entry, 'ssl_token'),
    source,
  };
}

/** Parses a URL that must be https, because others could read a password over plain http. */
function secureUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') throw unusable('The URL of a mirror must start with https://');
  if (url.username !== '' || url.password !== '') {
    throw unusable(`The mirror at ${url.host} has credentials in its URL: put them into its secret`);
  }
  return url;
}

/** Returns username and password. @throws CodeseederError `CredentialsUnusable` that names a missing one */
export function loginOf(
  { username, password, source }: MirrorCredentials,
  also = '',
): {
  readonly username: string;
  readonly password: string;
} {
  if (username !== undefined && password !== undefined) return { username, password };
  const missing = [username === undefined ? 'username' : '', password === undefined ? 'password' : ''];
  throw unusable(`${source} has no ${missing.filter(Boolean).join(' and no ')}${also}`);
}
