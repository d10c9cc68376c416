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
  /** A token in place of both, for npm. */
  readonly token: string | undefined;
  /** The entry of the secret, for messages. */
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
 * The mirror of one kind of package: its URL is the run's, else the `url` of the secret's entry, and its
 * credentials are the secret's, of its own variable or of the one for both kinds.
 *
 * @returns undefined when nothing names a mirror
 * @throws CodeseederError `CredentialsUnusable`
 */
export async function findMirror(
  kind: keyof typeof SECRET_VARIABLES,
  wantedUrl: string | undefined,
  variables: Variables,
  readSecret: ReadSecret,
): Promise<Mirror | undefined> {
  const reference = secretReference(variables, SECRET_VARIABLES[kind]);
  if (reference === undefined) {
    return wantedUrl === undefined ? undefined : { url: secureUrl(wantedUrl), credentials: undefined };
  }
  const entries = await readEntries(reference, readSecret);
  // One secret serves both kinds, and may know a mirror of only one.
  if (wantedUrl === undefined && reference.key === undefined && !Object.hasOwn(entries, kind))
    return undefined;
  const key = reference.key ?? kind;
  const entry = entryOf(entries, key, reference);
  const url = wantedUrl ?? textOf(entry, 'url');
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
  if (url?.protocol !== 'https:') throw unusable('A mirror is wanted that is an https URL');
  if (url.username !== '' || url.password !== '') {
    throw unusable(`The mirror at ${url.host} has credentials in its URL: put them into its secret`);
  }
  return url;
}

/** @throws CodeseederError `CredentialsUnusable` naming what is missing */
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
