import type { IncomingMessage } from 'node:http';

import { assumedRoleUser, readRoleSession } from './role-session.js';
import type { PlaceContext } from '../../place-context.js';
import type { Caller } from '../../wire/wire-service.js';
import type { SignatureClaim } from './signature-claim.js';
import { SignatureRefusal } from './signature-refusal.js';
import { equalsInConstantTime } from './signing-key.js';

/** The caller of a request, and the secret key with which the request must be signed. */
export interface Signer {
  readonly secretAccessKey: string;
  readonly caller: Caller;
}

/**
 * Finds the secret key for a request's access key: that of the local AWS, or that of the role session in the session
 * token.
 * @throws SignatureRefusal `unknown-key`, `unknown-token`, `expired-token`
 */
export function findSigner(
  claim: SignatureClaim,
  request: { readonly message: IncomingMessage; readonly query: URLSearchParams },
  context: PlaceContext,
): Signer {
  const { accessKeyId, secretAccessKey } = context.credentials;
  if (equalsInConstantTime(claim.accessKeyId, accessKeyId)) {
    const arn = `arn:${context.partition}:iam::${context.account}:user/local`;
    return { secretAccessKey, caller: { arn, userId: `AIDA${accessKeyId.slice(4)}`, isRoleSession: false } };
  }
  const header = request.message.headers['x-amz-security-token'];
  const token = typeof header === 'string' ? header : request.query.get('X-Amz-Security-Token');
  return token === null ? refuse('unknown-key') : signerOfSession(claim, token, context);
}

function signerOfSession(claim: SignatureClaim, token: string, context: PlaceContext): Signer {
  const issued = readRoleSession(context, token);
  if (issued === undefined || !equalsInConstantTime(claim.accessKeyId, issued.session.accessKeyId)) {
    return refuse('unknown-token');
  }
  if (context.clock.now() >= issued.session.expiresAtMs) {
    throw new SignatureRefusal('expired-token', 'The security token included in the request is expired');
  }
  const { Arn, AssumedRoleId } = assumedRoleUser(issued.session);
  return {
    secretAccessKey: issued.secretAccessKey,
    caller: { arn: Arn, userId: AssumedRoleId, isRoleSession: true },
  };
}

function refuse(reason: 'unknown-key' | 'unknown-token'): never {
  throw new SignatureRefusal(
    reason,
    'The access key id or security token included in the request is invalid: use the credentials that the local AWS printed at its start, or those of a role assumed with them.',
  );
}
