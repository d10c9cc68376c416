import { targetOperation, type WireRequest, type WireService } from '../wire/wire-service.js';
import { type LimitedCall, NO_QUOTAS, type Quotas } from './quotas.js';

/**
 * Returns a service whose calls over the port are limited by the quotas. Does not count `PutEvents`, `Invoke` and
 * DynamoDB's operations on items: their services count these themselves, because they also count the calls of other
 * services.
 */
export function limitService(service: WireService, quotas: Quotas): WireService {
  if (quotas === NO_QUOTAS) return service;
  return {
    ...service,
    async handle(request) {
      const call = await limitedCall(service, request);
      if (!COUNTED_ELSEWHERE.has(`${call.service}:${call.operation}`)) quotas.take(call);
      return service.handle(request);
    },
  };
}

const COUNTED_ELSEWHERE = new Set(['events:PutEvents', 'lambda:Invoke']);

async function limitedCall(
  { signingName, protocol = 'aws-json' }: WireService,
  request: WireRequest,
): Promise<LimitedCall> {
  switch (protocol) {
    case 'aws-json':
      return { service: signingName, operation: targetOperation(request) ?? '' };
    case 'query':
      return { service: signingName, operation: await actionOf(request) };
    case 'rest-json':
      return { service: signingName, operation: routeOf(request) };
    case 's3':
      return { service: signingName, operation: request.method, resource: request.path.split('/')[1] };
  }
}

async function actionOf(request: WireRequest): Promise<string> {
  const body = new URLSearchParams((await request.readBody()).toString('utf8'));
  return body.get('Action') ?? request.query.get('Action') ?? '';
}

/** The routes of the REST operations that the table of request rates lists. */
const ROUTES = [
  { method: 'POST', path: /^\/2015-03-31\/functions\/[^/]+\/invocations$/, operation: 'Invoke' },
  { method: 'GET', path: /^\/2015-03-31\/functions\/[^/]+$/, operation: 'GetFunction' },
  { method: 'POST', path: /^\/v1\/authorization-token$/, operation: 'GetAuthorizationToken' },
];

function routeOf({ method, path }: WireRequest): string {
  const plain = path.replace(/\/$/, '');
  return ROUTES.find((route) => route.method === method && route.path.test(plain))?.operation ?? '';
}
