import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { operation, serviceOperations } from '../../../lib/local/wire/operation.js';
import { restJsonService } from '../../../lib/local/wire/rest-json-service.js';
import { wholeNumberText } from '../../../lib/local/wire/text-members.js';
import { aRequest } from './test-request.js';

const service = restJsonService({
  signingName: 'thing',
  operations: serviceOperations('ValidationException', {
    PutThing: operation(
      {
        Name: z.string(),
        MaxItems: wholeNumberText.pipe(z.number().max(10)).optional(),
        Kind: z.string().optional(),
        Color: z.string().optional(),
      },
      async (input) => ({ input }),
    ),
    PutContent: operation({ Name: z.string(), Content: z.instanceof(Buffer) }, async ({ Content }) => ({
      sizeBytes: Content.length,
    })),
  }),
  routes: [
    {
      operation: 'PutThing',
      method: 'PUT',
      path: '/v1/things/{Name}',
      query: { 'max-items': 'MaxItems' },
      headers: { 'x-kind': 'Kind' },
    },
    {
      operation: 'PutContent',
      method: 'PUT',
      path: '/v1/things/{Name}/content',
      payload: 'Content',
      respond: ({ sizeBytes }: { sizeBytes: number }) => ({ status: 202, body: String(sizeBytes) }),
    },
  ],
});

const put = (path: string, request: Parameters<typeof aRequest>[0] = {}) =>
  service.handle(aRequest({ method: 'PUT', path, ...request }));

describe('restJsonService', () => {
  it('`restJsonService` reads path, query, headers and body into one input', async () => {
    const answer = await put('/v1/things/a%2Fb', {
      query: new URLSearchParams('max-items=3'),
      headers: { 'x-kind': 'large' },
      body: '{"Color":"red"}',
    });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-amzn-requestid': 'request-1' } });
    expect(JSON.parse(answer.body as string)).toEqual({
      input: { Name: 'a/b', MaxItems: 3, Kind: 'large', Color: 'red' },
    });
  });

  it('`restJsonService` passes a body on as it is, and responds as the route says', async () => {
    expect(await put('/v1/things/a/content', { body: 'text' })).toMatchObject({ status: 202, body: '4' });
  });

  it('`restJsonService` does not let the body replace a member of the path', async () => {
    const answer = await put('/v1/things/a', { body: '{"Name":"b"}' });
    expect(JSON.parse(answer.body as string)).toEqual({ input: { Name: 'a' } });
  });

  it.each([
    ['/v1/things/a', 'max-items=11', 'ValidationException'],
    ['/v1/things/a', 'max-items=x', 'ValidationException'],
    ['/v1/things/a', 'other=1', 'ValidationException'],
    ['/v1/things/%ff', '', 'ValidationException'],
    ['/v1/others', '', 'UnknownOperationException'],
  ])('`restJsonService` refuses %s with the query %s by the code %s', async (path, query, code) => {
    await expect(put(path, { query: new URLSearchParams(query) })).rejects.toMatchObject({ code });
  });

  it('`restJsonService` describes an error in its protocol', () => {
    const response = service.describeError(new AwsError('NotFound', 'Gone', 404, { Type: 'User' }), {
      requestId: 'request-1',
      method: 'GET',
    });
    expect(response).toMatchObject({ status: 404, headers: { 'x-amzn-errortype': 'NotFound' } });
    expect(JSON.parse(response.body as string)).toMatchObject({ message: 'Gone', Type: 'User' });
  });
});
