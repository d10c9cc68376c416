import { describe, expect, it } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { operation, serviceOperations } from '../../../lib/local/wire/operation.js';
import { queryService } from '../../../lib/local/wire/query-service.js';
import { listOf } from '../../../lib/local/wire/text-members.js';
import type { WireResponse } from '../../../lib/local/wire/wire-service.js';
import { aRequest } from './test-request.js';

const service = queryService({
  signingName: 'thing',
  version: '2010-05-15',
  operations: serviceOperations('ValidationError', {
    Echo: operation(
      { Text: z.string().default(''), Names: listOf(z.string()).optional() },
      async (input) => ({
        Text: input.Text,
        None: undefined,
        List: { member: input.Names ?? ['a', 'b'] },
      }),
    ),
  }),
});

function call(form: string, query = ''): Promise<WireResponse> {
  return service.handle(aRequest({ query: new URLSearchParams(query), body: form }));
}

const parse = (response: WireResponse) => new XMLParser().parse(response.body as string) as unknown;

describe('queryService', () => {
  it('`queryService` answers with the result of the action, its text escaped', async () => {
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

  it('`queryService` reads parameters of the query as well as of the body', async () => {
    expect((await call('', 'Action=Echo&Text=x')).body).toContain('<Text>x</Text>');
  });

  it('`queryService` reads lists, also empty ones, and refuses members that the action does not have', async () => {
    expect((await call('Action=Echo&Names.member.1=x&Names.member.2=y')).body).toContain(
      '<member>x</member><member>y</member>',
    );
    expect((await call('Action=Echo&Names=')).body).toContain('<List/>');
    await expect(call('Action=Echo&Name=x')).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'The local AWS has no Name in Echo; it has Text, Names.',
    });
  });

  it.each(['Action=Other', 'Action=toString', '', 'Action=Echo&Version=2000-01-01'])(
    '`queryService` refuses %j with the actions that it has',
    async (form) => {
      await expect(call(form)).rejects.toMatchObject({
        code: 'InvalidAction',
        message: expect.stringMatching(/it has Echo/),
      });
    },
  );

  it('`queryService` describes an error with its code and type', () => {
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
