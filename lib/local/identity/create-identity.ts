import type { PlaceContext } from '../place-context.js';
import type { ResourceProvider } from '../template/resource-provider.js';
import { queryService } from '../wire/query-service.js';
import type { WireService } from '../wire/wire-service.js';

/** STS: who the caller is. */
export interface Identity {
  readonly service: WireService;
  readonly resourceProviders: readonly ResourceProvider[];
  close(): Promise<void>;
}

/** Everyone with the place's credentials is one and the same user of its account. */
export async function createIdentity(context: PlaceContext): Promise<Identity> {
  const identity = {
    Arn: `arn:${context.partition}:iam::${context.account}:user/local`,
    UserId: `AIDA${context.credentials.accessKeyId.slice(4)}`,
    Account: context.account,
  };
  return {
    service: queryService({
      signingName: 'sts',
      version: '2011-06-15',
      xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: { GetCallerIdentity: async () => identity },
    }),
    resourceProviders: [],
    close: async () => {},
  };
}
