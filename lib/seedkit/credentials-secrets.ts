import { Token } from 'aws-cdk-lib';

import { definedOnly } from '../contract/defined-only.js';
import {
  credentialsSecretSchema,
  parseWith,
  PROJECT_VARIABLES,
  type CREDENTIALS_SECRET_NAMES,
} from '../contract/index.js';

/**
 * Secrets with credentials for downloads of builds. Each is given by its name or ARN; `name::key` selects its entry
 * `key`. A run can use other secrets by setting the variables of its build.
 */
export interface CredentialsSecrets {
  /**
   * Secret `{ registry: { username, password } }` that docker logs in with at the start of every build. The name must
   * contain `-docker-credentials`.
   * @default none
   */
  readonly dockerCredentialsSecret?: string | undefined;
  /**
   * Secret `{ pypi: { username, password, url }, npm: { ssl_token, url } }` of package mirrors; `npm` may have
   * `username` and `password` instead of `ssl_token`. With a `url`, every build uses the mirror; without it, only runs
   * that set `pypiMirror` or `npmMirror` use the credentials. The name must contain `-mirror-credentials`.
   * @default none
   */
  readonly mirrorCredentialsSecret?: string | undefined;
}

/**
 * Returns the variables of the CodeBuild project that name the secrets.
 *
 * @throws CodeseederError `InvalidRequest` if the name of a secret does not match the pattern that builds may read
 */
export function credentialsVariables(secrets: CredentialsSecrets): Readonly<Record<string, string>> {
  const { dockerCredentialsSecret: docker, mirrorCredentialsSecret: mirror } = secrets;
  return definedOnly({
    [PROJECT_VARIABLES.dockerSecret]: docker === undefined ? undefined : parseSecret(docker, 'docker'),
    [PROJECT_VARIABLES.mirrorSecret]: mirror === undefined ? undefined : parseSecret(mirror, 'mirror'),
  });
}

function parseSecret(secret: string, kind: keyof typeof CREDENTIALS_SECRET_NAMES): string {
  if (Token.isUnresolved(secret)) return secret;
  return parseWith(
    credentialsSecretSchema(kind),
    secret,
    `secret of ${kind} credentials ${JSON.stringify(secret)}`,
  );
}
