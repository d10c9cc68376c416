import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { definedOnly } from '../contract/defined-only.js';
import { credentialsSecretSchema, parseWith, PROJECT_VARIABLES } from '../contract/index.js';

/**
 * Secrets with credentials for downloads of builds. Each is given by its name or ARN; `name::key` selects its entry
 * `key`. Builds may read these secrets. If a name is known only at deployment, `allow.secrets` must also list the
 * secret's ARN. A run can use other secrets that builds may read by setting the variables of its build.
 */
export interface CredentialsSecrets {
  /**
   * Secret `{ registry: { username, password } }` that docker logs in with at the start of every build.
   * @default none
   */
  readonly dockerCredentialsSecret?: string | undefined;
  /**
   * Secret `{ pypi: { username, password, url }, npm: { ssl_token, url } }` of package mirrors; `npm` may have
   * `username` and `password` instead of `ssl_token`. With a `url`, every build uses the mirror; without it, only runs
   * that set `pypiMirror` or `npmMirror` use the credentials.
   * @default none
   */
  readonly mirrorCredentialsSecret?: string | undefined;
}

/**
 * Returns the variables of the CodeBuild project that name the secrets.
 *
 * @throws CodeseederError `InvalidRequest` if a secret is not a secret's name or ARN
 */
export function credentialsVariables(secrets: CredentialsSecrets): Readonly<Record<string, string>> {
  const { dockerCredentialsSecret: docker, mirrorCredentialsSecret: mirror } = secrets;
  return definedOnly({
    [PROJECT_VARIABLES.dockerSecret]: docker === undefined ? undefined : parseSecret(docker, 'docker'),
    [PROJECT_VARIABLES.mirrorSecret]: mirror === undefined ? undefined : parseSecret(mirror, 'mirror'),
  });
}

/**
 * Returns the ARNs of the secrets, as patterns if only the name is known. Leaves out secrets whose name is known only
 * at deployment.
 */
export function credentialsSecretArns(scope: Construct, secrets: CredentialsSecrets): string[] {
  const known = Object.values(credentialsVariables(secrets)).filter((secret) => !Token.isUnresolved(secret));
  const arns = known.flatMap((secret) => {
    const [id = ''] = secret.split('::');
    return id.startsWith('arn:') ? withSuffix(id) : [`${secretArn(scope, id)}-${SUFFIX}`];
  });
  return [...new Set(arns)];
}

/** Returns the ARN of a secret of the stack's account and region, without the suffix that Secrets Manager appends. */
export function secretArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Adds a pattern for the hyphen and six characters that Secrets Manager appends to a secret's name in its ARN. */
export function withSuffix(arn: string): string[] {
  return arn.endsWith('*') || /-[A-Za-z0-9]{6}$/.test(arn) ? [arn] : [arn, `${arn}-${SUFFIX}`];
}

const SUFFIX = '??????';

function parseSecret(secret: string, kind: 'docker' | 'mirror'): string {
  if (Token.isUnresolved(secret)) return secret;
  return parseWith(
    credentialsSecretSchema,
    secret,
    `secret of ${kind} credentials ${JSON.stringify(secret)}`,
  );
}
