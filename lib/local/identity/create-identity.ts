import type { PlaceContext } from '../place-context.js';
import { operation, serviceOperations } from '../wire/operation.js';
import { queryService } from '../wire/query-service.js';
import { assumeRole } from './assume-role.js';

/**
 * Creates STS, with the caller's identity and the credentials of roles. Requests signed with the credentials of the
 * local AWS come from one user of its account.
 */
export async function createIdentity(context: PlaceContext) {
  return {
    service: queryService({
      signingName: 'sts',
      version: '2011-06-15',
      xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: serviceOperations('ValidationError', {
        GetCallerIdentity: operation({}, async (_input, { caller: { arn, userId } }) => ({
          Arn: arn,
          UserId: userId,
          Account: context.account,
        })),
        AssumeRole: assumeRole(context),
      }),
    }),
  };
}
