import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

import { definedOnly } from '../contract/defined-only.js';

const READ = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE = [
  'kms:Encrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];

/** Actions of KMS that are needed to read encrypted data, and to read and write it. */
export const KEY_ACTIONS = { read: READ, readWrite: [...READ, ...WRITE] } as const;

/**
 * Returns the statement that lets a role or policy use the key, or none without a key.
 *
 * @param services the services through which the key may be used, such as `s3`; any if the list is empty
 * @param sid name of the statement, unique in its policy
 */
export function keyAccess(
  key: IKey | undefined,
  use: keyof typeof KEY_ACTIONS,
  services: readonly string[],
  sid = 'UseKey',
): PolicyStatement[] {
  if (key === undefined) return [];
  return [
    new PolicyStatement({
      sid,
      effect: Effect.ALLOW,
      actions: [...KEY_ACTIONS[use]],
      resources: [key.keyArn],
      ...definedOnly({ conditions: services.length === 0 ? undefined : throughServices(services) }),
    }),
  ];
}

/** Some partitions use their own DNS suffix in `kms:ViaService` and some do not, so both are listed. */
function throughServices(services: readonly string[]) {
  return {
    StringEquals: {
      'kms:ViaService': services.flatMap((service) => [
        `${service}.${Aws.REGION}.amazonaws.com`,
        `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      ]),
    },
  };
}
