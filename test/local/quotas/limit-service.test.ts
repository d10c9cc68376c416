import { describe, expect, it } from '@jest/globals';

import { limitService } from '../../../lib/local/quotas/limit-service.js';
import { type LimitedCall, NO_QUOTAS } from '../../../lib/local/quotas/quotas.js';
import type { WireRequest, WireService } from '../../../lib/local/wire/wire-service.js';
import { aRequest } from '../wire/test-request.js';

const aService = (signingName: string, protocol?: WireService['protocol']): WireService => ({
  signingName,
  ...(protocol && { protocol }),
  handle: async () => ({ status: 200 }),
  describeError: () => ({ status: 500 }),
});

/** Returns the calls that are counted for a request. */
async function countedCalls(service: WireService, request: WireRequest): Promise<LimitedCall[]> {
  const calls: LimitedCall[] = [];
  const quotas = { ...NO_QUOTAS, take: (call: LimitedCall) => void calls.push(call) };
  expect(await limitService(service, quotas).handle(request)).toEqual({ status: 200 });
  return calls;
}

const json = (target: string) => aRequest({ headers: { 'x-amz-target': target } });
const rest = (method: string, path: string) => aRequest({ method, path });

describe('A request of a service with quotas', () => {
  it.each<[string, WireService, WireRequest, LimitedCall]>([
    [
      'the operation in the target of a JSON service',
      aService('states'),
      json('AWSStepFunctions.StartExecution'),
      { service: 'states', operation: 'StartExecution' },
    ],
    [
      'the action in the body of a Query service',
      aService('cloudformation', 'query'),
      aRequest({ body: 'Action=DescribeStacks&Version=2010-05-15' }),
      { service: 'cloudformation', operation: 'DescribeStacks' },
    ],
    [
      'the action in the query of a Query service',
      aService('sts', 'query'),
      aRequest({ method: 'GET', query: new URLSearchParams({ Action: 'GetCallerIdentity' }) }),
      { service: 'sts', operation: 'GetCallerIdentity' },
    ],
    [
      'the route of a REST service',
      aService('lambda', 'rest-json'),
      rest('GET', '/2015-03-31/functions/f/'),
      { service: 'lambda', operation: 'GetFunction' },
    ],
    [
      'no operation where the table names none of the route',
      aService('lambda', 'rest-json'),
      rest('GET', '/2015-03-31/functions/f/configuration'),
      { service: 'lambda', operation: '' },
    ],
    [
      'a token for CodeArtifact',
      aService('codeartifact', 'rest-json'),
      rest('POST', '/v1/authorization-token'),
      { service: 'codeartifact', operation: 'GetAuthorizationToken' },
    ],
    [
      'the method and the bucket of S3',
      aService('s3', 's3'),
      rest('HEAD', '/bucket/folder/key'),
      { service: 's3', operation: 'HEAD', resource: 'bucket' },
    ],
  ])('A request of a service with quotas is counted by %s', async (_what, service, request, call) => {
    expect(await countedCalls(service, request)).toEqual([call]);
  });

  it('A request of `Invoke` or `PutEvents` is not counted on the wire, because the service counts it', async () => {
    expect(await countedCalls(aService('events'), json('AWSEvents.PutEvents'))).toEqual([]);
    expect(
      await countedCalls(
        aService('lambda', 'rest-json'),
        rest('POST', '/2015-03-31/functions/f/invocations'),
      ),
    ).toEqual([]);
  });

  it('A request over the rate does not reach the service', async () => {
    let handled = 0;
    const service: WireService = {
      ...aService('states'),
      handle: async () => {
        handled += 1;
        return { status: 200 };
      },
    };
    const quotas = {
      ...NO_QUOTAS,
      take: () => {
        throw new Error('over the rate');
      },
    };
    const limited = limitService(service, quotas);
    await expect(limited.handle(json('AWSStepFunctions.StartExecution'))).rejects.toThrow('over the rate');
    expect(handled).toBe(0);
  });

  it('A service without quotas is not wrapped', () => {
    const service = aService('states');
    expect(limitService(service, NO_QUOTAS)).toBe(service);
  });
});
