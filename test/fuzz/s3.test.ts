import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { encodeUriPart } from '../../lib/local/server/signature/percent-encoding.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { startFuzzedPlace, type FuzzedPlace } from './fuzzed-place.js';
import { nastyText, wellFormed } from './nasty.js';
import { expectNoFault, expectXmlAnswer } from './own-answer.js';
import { sendSigned, type RequestToSign } from './signed-request.js';

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'];
const PARAMETERS = [
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'marker',
  'start-after',
  'continuation-token',
  'encoding-type',
  'uploads',
  'uploadId',
  'partNumber',
  'delete',
  'location',
  'versionId',
  'acl',
  'response-content-type',
  'response-content-disposition',
  'part-number-marker',
  'max-parts',
];
const HEADERS = [
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'content-md5',
  'content-type',
  'content-encoding',
  'content-disposition',
  'x-amz-copy-source',
  'x-amz-copy-source-range',
  'x-amz-checksum-crc32',
  'x-amz-checksum-sha256',
  'x-amz-trailer',
  'x-amz-decoded-content-length',
  'x-amz-meta-a',
  'x-amz-server-side-encryption',
  'x-amz-metadata-directive',
  'x-amz-expected-bucket-owner',
  'x-amz-object-lock-mode',
  'x-amz-checksum-mode',
];
const BODIES = [
  '<Delete><Object><Key>a</Key></Object></Delete>',
  '<Delete><Object><Key>../../a</Key></Object><Quiet>true</Quiet></Delete>',
  '<Delete><Object/></Delete>',
  '<Delete>',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part></CompleteMultipartUpload>',
  '<CompleteMultipartUpload/>',
  '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>',
  '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&a;</Key></Object></Delete>',
  `<Delete>${'<Object>'.repeat(5_000)}`,
  `<Delete>${'<Object>'.repeat(3_000)}${'</Object>'.repeat(3_000)}</Delete>`,
  '5\r\nhello\r\n0\r\n\r\n',
  '5;chunk-signature=00\r\nhello\r\n',
  'ffffffffffff\r\nhello',
  '-1\r\n\r\n',
];
const PAYLOADS = [
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'x',
];

const texts = nastyText.map(wellFormed);
/** Generates header values. Removes characters that Node.js does not accept in a header. */
const headerValues = texts.map((text) => text.replace(/[^\t\x20-\x7e]/g, '').slice(0, 2_000));
const some = (names: readonly string[], values: fc.Arbitrary<string>) =>
  fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 3 });
const segments = fc.oneof(
  fc.constantFrom('fuzz', 'fuzz', 'fuzz', '..', '%2e%2e', '%zz', '%c3%28', '%00', ''),
  texts.map((text) => encodeUriPart(text).slice(0, 3_000)),
);
const requests: fc.Arbitrary<RequestToSign> = fc
  .record({
    method: fc.constantFrom(...METHODS),
    path: fc.array(segments, { maxLength: 4 }),
    query: some(PARAMETERS, fc.oneof(texts, fc.constantFrom('1', '2', '1000', 'url', ''))),
    headers: some(
      HEADERS,
      fc.oneof(headerValues, fc.constantFrom('bytes=0-0', 'bytes=-', '*', '"x"', '/fuzz/a', 'aws-chunked')),
    ),
    body: fc.oneof(fc.constant(''), fc.constantFrom(...BODIES), texts),
    payloadHash: fc.option(fc.constantFrom(...PAYLOADS), { nil: undefined, freq: 3 }),
  })
  .map(({ path, payloadHash, body, method, ...rest }) => ({
    service: 's3',
    ...rest,
    method,
    // Node.js sends no body with HEAD and GET.
    body: method === 'GET' || method === 'HEAD' ? '' : body,
    path: `/${path.join('/')}`,
    ...(payloadHash !== undefined && { payloadHash }),
  }));

let place: FuzzedPlace;
beforeAll(async () => {
  place = await startFuzzedPlace();
  // Prevents requests from deleting the bucket, which must be empty for that.
  await s3({ method: 'PUT', path: '/fuzz/kept', body: 'kept' });
});
afterAll(() => place.dispose());

const s3 = (request: Omit<RequestToSign, 'service'>) => sendSigned(place, { service: 's3', ...request });

describe('S3 under invalid requests', () => {
  it(
    'S3 answers invalid requests with its own errors, and still answers valid ones',
    async () => {
      await holds(
        fc.asyncProperty(requests, async (request) => {
          expectXmlAnswer(await sendSigned(place, request), `${request.method} ${request.path}`);
          expectNoFault(place);
        }),
        200,
      );
      expect((await s3({ method: 'PUT', path: '/fuzz/good', body: 'good' })).status).toBe(200);
      expect((await s3({ method: 'GET', path: '/fuzz/good' })).body).toBe('good');
    },
    CAMPAIGN_MS,
  );

  it(
    'S3 stores every key inside its data folder and returns it under that key alone',
    async () => {
      const around = async () => (await readdir(dirname(place.dataFolder))).sort();
      const before = { around: await around(), inside: (await readdir(join(place.dataFolder, 's3'))).sort() };
      const keys = fc.oneof(
        fc.constantFrom(
          '../../../../escaped',
          '..',
          '.',
          './a',
          '/etc/escaped',
          '//',
          '\\..\\escaped',
          'a\0b',
          'store/CURRENT',
          'a/../../../b',
          'ü/é',
        ),
        texts,
      );
      await holds(
        fc.asyncProperty(keys, fc.boolean(), async (key, encodeDots) => {
          const encoded = key.split('/').map(encodeUriPart).join('/');
          const path = `/fuzz/${encodeDots ? encoded.replaceAll('.', '%2e').replaceAll('/', '%2f') : encoded}`;
          const put = await s3({ method: 'PUT', path, body: key });
          expectXmlAnswer(put, path);
          const taken = key !== '' && Buffer.byteLength(key) <= 1_024;
          expect([key.slice(0, 50), put.status]).toEqual([
            key.slice(0, 50),
            taken ? 200 : key === '' ? 409 : 400,
          ]);
          if (!taken) return;
          expect((await s3({ method: 'GET', path })).body).toBe(key);
          expect((await s3({ method: 'DELETE', path })).status).toBe(204);
          expectNoFault(place);
        }),
        80,
      );
      expect(await around()).toEqual(before.around);
      expect((await readdir(join(place.dataFolder, 's3'))).sort()).toEqual(before.inside);
    },
    CAMPAIGN_MS,
  );
});
