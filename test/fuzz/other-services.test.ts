import * as cloudformation from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { operationsOf, type KnownValues } from './api-inputs.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { startFuzzedPlace, type FuzzedPlace } from './fuzzed-place.js';
import { jsonText, mutated, nastyJson, nastyText, wellFormed } from './nasty.js';
import { expectJsonAnswer, expectNoFault, expectXmlAnswer } from './own-answer.js';
import { send, sendSigned, type RequestToSign } from './signed-request.js';

let place: FuzzedPlace;
beforeAll(async () => {
  place = await startFuzzedPlace();
});
afterAll(() => place.dispose());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const query = (service: string, form: URLSearchParams) =>
  sendSigned(place, { service, headers: FORM, body: form.toString() });

const TEMPLATES = [
  '{"Resources":{"A":{"Type":"AWS::SQS::Queue"}}}',
  '{"Resources":{"A":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":{"Fn::Join":["",{"Ref":"A"}]}}}}}',
  '{"Resources":{"A":{"Type":"AWS::SQS::Queue","DependsOn":["A"]}}}',
  '{"Resources":{"__proto__":{"Type":"AWS::SQS::Queue"}}}',
  '{"Resources":[]}',
  'Resources: {A: &a {B: *a}}',
  'a: &a [1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d]',
  '- - -',
  '['.repeat(50_000),
];
const KNOWN: KnownValues = [
  [/^StackName$/, ['fuzz', 'other', 'arn:aws:cloudformation:eu-central-1:123456789012:stack/fuzz/x']],
  [/^TemplateBody$/, TEMPLATES],
  [/^TemplateURL$/, ['https://fuzz.s3.amazonaws.com/a', 'file:///etc/passwd', 'http://127.0.0.1:1/']],
  [/^ChangeSetName$/, ['fuzz']],
];

/** Converts a value to the members of a Query request, with lists as `Name.member.1`. */
function flat(value: unknown, name: string, form: URLSearchParams): URLSearchParams {
  if (typeof value !== 'object' || value === null)
    form.append(name, wellFormed(String(value)).slice(0, 60_000));
  else {
    for (const [key, member] of Object.entries(value)) {
      const part = Array.isArray(value) ? `member.${Number(key) + 1}` : wellFormed(key);
      flat(member, name === '' ? part : `${name}.${part}`, form);
    }
  }
  return form;
}

describe('CloudFormation and STS', () => {
  it(
    'CloudFormation and STS answer valid and invalid forms of every action with their own XML',
    async () => {
      const told = await query('cloudformation', new URLSearchParams({ Action: 'None' }));
      const names = (/it has ([A-Za-z, ]*)\./.exec(told.body)?.[1] ?? '').split(', ');
      expect(names.length).toBeGreaterThan(10);
      const operations = operationsOf(cloudformation, names, KNOWN);
      const inputs = fc.oneof(
        ...operations.map(({ name, inputs: own }) => fc.tuple(fc.constant(name), mutated(own))),
      );
      await holds(
        fc.asyncProperty(inputs, async ([name, input]) => {
          const form = flat(input, '', new URLSearchParams({ Action: name, Version: '2010-05-15' }));
          expectXmlAnswer(await query('cloudformation', form), name);
          expectNoFault(place);
        }),
        operations.length * 6,
      );
      const right = new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15' });
      expect((await query('cloudformation', right)).status).toBe(200);
    },
    CAMPAIGN_MS,
  );

  it('CloudFormation and STS answer a body that is not a form', async () => {
    await holds(
      fc.asyncProperty(fc.constantFrom('cloudformation', 'sts'), nastyText, async (service, text) => {
        expectXmlAnswer(await sendSigned(place, { service, headers: FORM, body: wellFormed(text) }), service);
        expectXmlAnswer(await query(service, new URLSearchParams({ Action: wellFormed(text) })), service);
        expectNoFault(place);
      }),
      40,
    );
  });
});

describe('The REST services', () => {
  const segments = fc.constantFrom(
    '2015-03-31',
    'functions',
    'f',
    'invocations',
    'configuration',
    'v1',
    'domain',
    'domains',
    'repository',
    'package',
    'packages',
    'versions',
    'authorization-token',
    '%c3%28',
    '%00',
    '..',
    '__proto__',
    'constructor',
  );
  const requests: fc.Arbitrary<RequestToSign> = fc.record({
    service: fc.constantFrom('lambda', 'codeartifact'),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
    path: fc.array(segments, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
    query: fc.dictionary(
      fc.constantFrom(
        'domain',
        'domain-owner',
        'repository',
        'format',
        'package',
        'max-results',
        'Qualifier',
        'next-token',
      ),
      nastyText.map(wellFormed).map((text) => text.slice(0, 500)),
      { maxKeys: 4 },
    ),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { 'x-amz-invocation-type': 'Event' },
      { 'x-amz-invocation-type': 'x' },
    ),
    body: fc.oneof(fc.constant(''), nastyJson.map(jsonText), nastyText.map(wellFormed)),
  });

  it(
    'The REST services answer every path with their own JSON',
    async () => {
      await holds(
        fc.asyncProperty(requests, async (request) => {
          expectJsonAnswer(await sendSigned(place, request), `${request.method} ${request.path}`);
          expectNoFault(place);
        }),
        100,
      );
    },
    CAMPAIGN_MS,
  );
});

describe('Signatures', () => {
  const claims = fc.oneof(
    nastyText,
    fc
      .tuple(nastyText, nastyText, nastyText, nastyText)
      .map(
        ([key, scope, signed, signature]) =>
          `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
      ),
    fc
      .tuple(fc.constantFrom('s3', 'states', 'sts', 'lambda', '__proto__'), nastyText)
      .map(
        ([service, signature]) =>
          `AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=${signature}`,
      ),
  );
  const printable = (text: string) => text.replace(/[^\t\x20-\x7e]/g, '').slice(0, 4_000);

  it(
    'A signature that was not made with the secret of the local AWS is refused, whatever it looks like',
    async () => {
      await holds(
        fc.asyncProperty(claims, nastyText, nastyText, async (authorization, date, parameter) => {
          const headers = {
            host: `127.0.0.1:${place.port}`,
            authorization: printable(authorization),
            'x-amz-date': printable(date),
            'x-amz-target': 'AWSStepFunctions.ListStateMachines',
          };
          const inHeader = await send(place.port, { method: 'POST', path: '/', headers, body: '{}' });
          const search = new URLSearchParams({
            'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
            'X-Amz-Credential': wellFormed(authorization).slice(0, 500),
            'X-Amz-Expires': wellFormed(parameter).slice(0, 500),
            'X-Amz-SignedHeaders': 'host',
            'X-Amz-Signature': wellFormed(date).slice(0, 500),
          });
          const inQuery = await send(place.port, {
            method: 'GET',
            path: `/fuzz/a?${search.toString()}`,
            headers: { host: headers.host },
            body: '',
          });
          for (const { status, body } of [inHeader, inQuery]) {
            expect([400, 403, 404]).toContain(status);
            expect(body).not.toContain(place.credentials.secretAccessKey);
          }
          expectNoFault(place);
        }),
        75,
      );
    },
    CAMPAIGN_MS,
  );
});
