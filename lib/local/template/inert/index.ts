import type { PlaceContext } from '../../place-context.js';
import type { ResourceProvider } from '../resource-provider.js';
import { cloudWatchProviders } from './cloudwatch.js';
import { iamProviders } from './iam.js';
import { generatedName, inertProvider } from './inert-provider.js';
import { kmsProviders } from './kms.js';

/** Providers of the resources that have a name here and no behaviour. */
export function inertProviders(context: PlaceContext): readonly ResourceProvider[] {
  return [
    ...iamProviders(context),
    ...kmsProviders(context),
    ...cloudWatchProviders(context),
    inertProvider({
      type: 'AWS::CDK::Metadata',
      reason: 'it only tells AWS which constructs are in use',
      properties: ['Analytics'],
      describe: (request, physicalId) => ({
        physicalId: physicalId ?? generatedName(request, 128),
        attributes: {},
      }),
    }),
  ];
}
