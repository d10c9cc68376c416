import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';
import { allow } from '../control-plane/access-statement.js';
import { credentialsSecretArns, secretArn, type CredentialsSecrets } from './credentials-secrets.js';

/**
 * Grants reading the secrets and parameters that need no entry in the allow list: those below the seedkit's own names,
 * and the credentials of registries and mirrors that the seedkit names.
 */
export function ownSecretsAccess(
  scope: Construct,
  seedkit: string,
  credentials: CredentialsSecrets,
): PolicyStatement[] {
  const parameters = Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: `${seedkitNames.ownParameters(seedkit).slice(1)}*`,
  });
  const secrets = [
    secretArn(scope, `${seedkitNames.ownSecrets(seedkit)}*`),
    ...credentialsSecretArns(scope, credentials),
  ];
  return [
    allow('ReadOwnSecrets', ['secretsmanager:GetSecretValue'], secrets, RECOGNIZED_BY_NAME),
    allow('ReadOwnParameters', ['ssm:GetParameters'], [parameters], RECOGNIZED_BY_NAME),
  ];
}

const RECOGNIZED_BY_NAME =
  'The seedkit’s secrets and parameters are recognized by the start of their names; there is no list of them.';
