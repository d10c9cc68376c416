import type { PlaceContext } from '../place-context.js';
import type { ResourceProvider } from '../template/resource-provider.js';
import { queryService } from '../wire/query-service.js';
import type { WireService } from '../wire/wire-service.js';
import { assumeRole } from './assume-role.js';

/** STS: who the caller is, and credentials of roles. */
export interface Identity {
  readonly service: WireService;
  readonly resourceProviders: readonly ResourceProvider[];
  close(): Promise<void>;
}

/** Everyone with the place's credentials is one and the same user of its account, who may take on any of its roles. */
export async function createIdentity(context: PlaceContext): Promise<Identity> {
  return {
    service: queryService({
      signingName: 'sts',
      version: '2011-06-15',
      xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: {
        GetCallerIdentity: async (_, { arn, userId }) => ({
          Arn: arn,
          UserId: userId,
          Account: context.account,
        }),
        AssumeRole: async (input, caller) => assumeRole(context, input, caller),
      },
    }),
    resourceProviders: [],
    close: async () => {},
  };
}
