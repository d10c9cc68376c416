import type { IncomingMessage } from 'node:http';

import { describe, expect, it } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { queryService } from '../../../lib/local/wire/query-service.js';
import type { WireRequest, WireResponse } from '../../../lib/local/wire/wire-service.js';

const service = queryService({
  signingName: 'thing',
  version: '2010-05-15',
  operations: {
    Echo: async (input) => ({ Text: input.get('Text') ?? '', None: undefined, List: { member: ['a', 'b'] } }),
  },
});

function call(form: string, query = ''): Promise<WireResponse> {
  return service.handle({
    requestId: 'request-1',
    method: 'POST',
    path: '/',
    query: new URLSearchParams(query),
    headers: {},
    message: {} as IncomingMessage,
    caller: { arn: 'arn:aws:iam::123456789012:user/local', userId: 'AIDALOCAL', isRoleSession: false },
    readBody: async () => Buffer.from(form),
  } satisfies WireRequest);
}

const parse = (response: WireResponse) => new XMLParser().parse(response.body as string) as unknown;

describe('a service of the Query protocol', () => {
  it('answers with the action’s result, its text escaped', async () => {
    const form = new URLSearchParams({ Action: 'Echo', Version: '2010-05-15', Text: '<a> & "b" ü' });
    const response = await call(form.toString());
    expect(response.body).toContain('xmlns="https://thing.amazonaws.com/doc/2010-05-15/"');
    expect(parse(response)).toMatchObject({
      EchoResponse: {
        EchoResult: { Text: '<a> & "b" ü', List: { member: ['a', 'b'] } },
        ResponseMetadata: { RequestId: 'request-1' },
      },
    });
    expect(response.body).not.toContain('None');
  });

  it('takes its parameters from the query as well', async () => {
    expect((await call('', 'Action=Echo&Text=x')).body).toContain('<Text>x</Text>');
  });

  it.each(['Action=Other', 'Action=toString', '', 'Action=Echo&Version=2000-01-01'])(
    'refuses %j by name of what it has',
    async (form) => {
      await expect(call(form)).rejects.toMatchObject({
        code: 'InvalidAction',
        message: expect.stringMatching(/it has Echo/),
      });
    },
  );

  it('says an error with its code and whose fault it is', () => {
    const context = { requestId: 'request-2', method: 'POST' };
    const refusal = service.describeError(
      new AwsError('ValidationError', 'Stack with id S does not exist'),
      context,
    );
    expect(refusal.status).toBe(400);
    expect(parse(refusal)).toMatchObject({
      ErrorResponse: {
        Error: { Type: 'Sender', Code: 'ValidationError', Message: 'Stack with id S does not exist' },
      },
    });
    expect(service.describeError(new Error('oops'), context)).toMatchObject({ status: 500 });
  });
});
