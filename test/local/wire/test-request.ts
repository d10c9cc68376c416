import type { IncomingMessage } from 'node:http';

import type { WireRequest } from '../../../lib/local/wire/wire-service.js';

/** Returns a request whose signature was already verified. */
export function aRequest({
  body = '',
  ...request
}: Partial<WireRequest> & { body?: string } = {}): WireRequest {
  return {
    requestId: 'request-1',
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    message: {} as IncomingMessage,
    caller: { arn: 'arn:aws:iam::123456789012:user/local', userId: 'AIDALOCAL', isRoleSession: false },
    readBody: async () => Buffer.from(body),
    ...request,
  };
}
