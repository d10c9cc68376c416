import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../../place-context.js';
import type { ResourceProvider } from '../resource-provider.js';
import { givenName, inertProvider } from './inert-provider.js';

const REASON = 'data is not encrypted at rest here: it lies in a folder of your own';

/** Keys and their aliases: real ids and ARNs, and no encryption. */
export function kmsProviders({ partition, region, account }: PlaceContext): readonly ResourceProvider[] {
  const key = inertProvider({
    type: 'AWS::KMS::Key',
    reason: REASON,
    properties: [
      'BypassPolicyLockoutSafetyCheck',
      'Description',
      'EnableKeyRotation',
      'Enabled',
      'KeyPolicy',
      'KeySpec',
      'KeyUsage',
      'MultiRegion',
      'Origin',
      'PendingWindowInDays',
      'RotationPeriodInDays',
      'Tags',
    ],
    describe(_request, physicalId) {
      const keyId = physicalId ?? randomUUID();
      return {
        physicalId: keyId,
        attributes: { Arn: `arn:${partition}:kms:${region}:${account}:key/${keyId}`, KeyId: keyId },
      };
    },
  });
  const alias = inertProvider({
    type: 'AWS::KMS::Alias',
    reason: REASON,
    properties: ['AliasName', 'TargetKeyId'],
    describe: (request) => ({ physicalId: givenName(request, 'AliasName') ?? '', attributes: {} }),
  });
  return [key, alias];
}
