import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import { CREDENTIALS_SECRET_NAMES, seedkitNames } from '../contract/index.js';
import { allow } from '../control-plane/access-statement.js';

/**
 * Grants reading the secrets and parameters that need no entry in the allow list: those below the seedkit's own names,
 * and the account's credentials of registries and mirrors, which are recognized by their names.
 */
export function ownSecretsAccess(scope: Construct, seedkit: string): PolicyStatement[] {
  const stack = Stack.of(scope);
  const secretArn = (resourceName: string) =>
    stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const parameters = stack.formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: `${seedkitNames.ownParameters(seedkit).slice(1)}*`,
  });
  const secrets = [`${seedkitNames.ownSecrets(seedkit)}*`, ...Object.values(CREDENTIALS_SECRET_NAMES)];
  return [
    allow('ReadOwnSecrets', ['secretsmanager:GetSecretValue'], secrets.map(secretArn), RECOGNIZED_BY_NAME),
    allow('ReadOwnParameters', ['ssm:GetParameters'], [parameters], RECOGNIZED_BY_NAME),
  ];
}

const RECOGNIZED_BY_NAME =
  'Builds may read secrets and parameters by the pattern of their names; there is no list of them.';
