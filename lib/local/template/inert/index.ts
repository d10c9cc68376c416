import type { PlaceContext } from '../../place-context.js';
import type { ResourceProvider } from '../../resources/resource-provider.js';
import { cloudWatchProviders } from './cloudwatch.js';
import { iamProviders } from './iam.js';
import { generatedName, inertProvider } from '../../resources/inert-provider.js';
import { kmsProviders } from './kms.js';

/** Returns the providers of resources that have names and ARNs but no behaviour. */
export function inertProviders(context: PlaceContext): readonly ResourceProvider[] {
  return [
    ...iamProviders(context),
    ...kmsProviders(context),
    ...cloudWatchProviders(context),
    inertProvider({
      type: 'AWS::CDK::Metadata',
      reason: 'it only reports to AWS which constructs are in use',
      properties: ['Analytics'],
      describe: (request, physicalId) => ({
        physicalId: physicalId ?? generatedName(request, 128),
        attributes: {},
      }),
    }),
  ];
}
