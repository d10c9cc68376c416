import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import { CREDENTIALS_SECRET_NAMES, seedkitNames } from '../contract/index.js';

/**
 * Reads what needs no entry in the allow list: the secrets and parameters below the seedkit's own names, and the
 * account's credentials of registries and mirrors, which are told by their names.
 */
export function ownSecretsAccess(scope: Construct, seedkit: string): PolicyStatement[] {
  const secrets = [`${seedkitNames.ownSecrets(seedkit)}*`, ...Object.values(CREDENTIALS_SECRET_NAMES)];
  const stack = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: 'ReadOwnSecrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: secrets.map((resourceName) =>
        stack.formatArn({
          service: 'secretsmanager',
          resource: 'secret',
          resourceName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    }),
    new PolicyStatement({
      sid: 'ReadOwnParameters',
      actions: ['ssm:GetParameters'],
      resources: [
        stack.formatArn({
          service: 'ssm',
          resource: 'parameter',
          resourceName: `${seedkitNames.ownParameters(seedkit).slice(1)}*`,
        }),
      ],
    }),
  ];
}
