import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../../place-context.js';
import type { ResourceProvider } from '../../resources/resource-provider.js';
import { declaredName, inertProvider } from '../../resources/inert-provider.js';

const REASON = 'data is not encrypted at rest: it is stored in a folder that only you can read';

/** Keys and their aliases, with real ids and ARNs but without encryption. */
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
    describe: (request) => ({ physicalId: declaredName(request, 'AliasName') ?? '', attributes: {} }),
  });
  return [key, alias];
}
