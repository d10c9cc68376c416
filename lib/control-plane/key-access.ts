import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

const READ = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE = [
  'kms:Encrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];

/** What a principal may do with data under the key. */
export const KEY_ACTIONS = { read: READ, readWrite: [...READ, ...WRITE] } as const;

/**
 * Use of the key for a role or policy, none without a key.
 *
 * @param services through which alone the key may be used, such as `s3`; empty for any
 */
export function keyAccess(
  key: IKey | undefined,
  use: keyof typeof KEY_ACTIONS,
  services: readonly string[],
): PolicyStatement[] {
  if (key === undefined) return [];
  return [
    new PolicyStatement({
      sid: 'UseKey',
      effect: Effect.ALLOW,
      actions: [...KEY_ACTIONS[use]],
      resources: [key.keyArn],
      ...(services.length === 0 ? {} : { conditions: throughServices(services) }),
    }),
  ];
}

/** Partitions differ in whether the service's name ends in their own DNS suffix, so both are listed. */
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
