import { Token } from 'aws-cdk-lib';

import {
  credentialsSecretSchema,
  parseWith,
  PROJECT_VARIABLES,
  type CREDENTIALS_SECRET_NAMES,
} from '../contract/index.js';

/**
 * Secrets with credentials for what builds download. Each is given by its name or ARN; `name::key` takes its entry
 * `key` in place of the one by the kind of mirror. A run may name others by variables of its build.
 */
export interface CredentialsSecrets {
  /**
   * Secret `{ registry: { username, password } }` that docker is logged in with at the start of every build. Its
   * name has `-docker-credentials` in it.
   * @default none
   */
  readonly dockerCredentialsSecret?: string;
  /**
   * Secret `{ pypi: { username, password, url }, npm: { ssl_token, url } }` of mirrors; npm may have username and
   * password, too. A `url` makes the mirror every build's; without, it is that of runs that name one by
   * `pypiMirror` or `npmMirror`. Its name has `-mirror-credentials` in it.
   * @default none
   */
  readonly mirrorCredentialsSecret?: string;
}

/**
 * The project's variables that name the secrets.
 *
 * @throws CodeseederError `InvalidRequest` for a secret that builds may not read
 */
export function credentialsVariables(secrets: CredentialsSecrets): Readonly<Record<string, string>> {
  const { dockerCredentialsSecret: docker, mirrorCredentialsSecret: mirror } = secrets;
  return {
    ...(docker === undefined ? {} : { [PROJECT_VARIABLES.dockerSecret]: readable(docker, 'docker') }),
    ...(mirror === undefined ? {} : { [PROJECT_VARIABLES.mirrorSecret]: readable(mirror, 'mirror') }),
  };
}

function readable(secret: string, kind: keyof typeof CREDENTIALS_SECRET_NAMES): string {
  if (Token.isUnresolved(secret)) return secret;
  return parseWith(
    credentialsSecretSchema(kind),
    secret,
    `secret of ${kind} credentials ${JSON.stringify(secret)}`,
  );
}
