import { createHash, createHmac } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ChunkSignatures } from '../../../lib/local/s3/chunk-signatures.js';
import { decodeChunks } from '../../../lib/local/s3/decode-chunks.js';

async function* pieces(content: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = [...cuts].map((cut) => cut % (content.length + 1)).sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, content.length]) {
    yield content.subarray(from, to);
    from = to;
  }
}

async function decode(
  content: Buffer,
  cuts: readonly number[] = [],
  signatures?: ChunkSignatures,
): Promise<{ content: Buffer; trailers: Record<string, string> }> {
  const trailers = new Map<string, string>();
  const found: Buffer[] = [];
  const options = signatures === undefined ? { trailers } : { trailers, signatures };
  for await (const piece of decodeChunks(pieces(content, cuts), options)) found.push(piece);
  return { content: Buffer.concat(found), trailers: Object.fromEntries(trailers) };
}

const anyChunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
const anyCuts = fc.array(fc.nat(), { maxLength: 20 });

function encode(chunks: readonly Buffer[], trailer = ''): Buffer {
  const parts = chunks.flatMap((chunk) => [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n']);
  return Buffer.concat([...parts, `0\r\n${trailer}\r\n`].map((part) => Buffer.from(part)));
}

describe('An aws-chunked body', () => {
  it('An aws-chunked body is decoded for any chunk sizes and any split into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(anyChunks, anyCuts, async (chunks, cuts) => {
        const answer = await decode(encode(chunks, 'x-amz-checksum-crc32:AAAAAA==\r\n'), cuts);
        expect(answer.content.equals(Buffer.concat(chunks))).toBe(true);
        expect(answer.trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAAAA==' });
      }),
    );
  });

  it('An aws-chunked body is refused when it ends within its content', async () => {
    const whole = encode([Buffer.from('0123456789'), Buffer.from('abc')]);
    for (let length = 0; length < whole.length - 4; length++) {
      await expect(decode(whole.subarray(0, length))).rejects.toMatchObject({ code: 'IncompleteBody' });
    }
  });

  it.each(['xyz\r\n', '5\r\n123456789\r\n0\r\n\r\n', '-1\r\n', `${'0'.repeat(20_000)}\r\n`])(
    'An aws-chunked body is refused when it is malformed',
    async (body) => {
      await expect(decode(Buffer.from(body))).rejects.toMatchObject({ code: 'InvalidRequest' });
    },
  );
});

const signingKey = Buffer.from('0'.repeat(32));
const scope = '20260131/eu-central-1/s3/aws4_request';
const timestamp = '20260131T000000Z';
const seed = { signature: 'f'.repeat(64), scope, timestamp, signingKey };
const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

/** Signs chunks as AWS documents it. Shares no code with the implementation under test. */
function encodeSigned(chunks: readonly Buffer[], trailer?: string): Buffer {
  let previous = seed.signature;
  const sign = (algorithm: string, ...hashes: string[]) => {
    const text = [`AWS4-HMAC-SHA256-${algorithm}`, timestamp, scope, previous, ...hashes].join('\n');
    previous = createHmac('sha256', signingKey).update(text).digest('hex');
    return previous;
  };
  const parts = [...chunks, Buffer.alloc(0)].flatMap((chunk) => [
    `${chunk.length.toString(16)};chunk-signature=${sign('PAYLOAD', sha256(''), sha256(chunk))}\r\n`,
    ...(chunk.length > 0 ? [chunk, '\r\n'] : []),
  ]);
  if (trailer !== undefined) {
    parts.push(`${trailer}\r\nx-amz-trailer-signature:${sign('TRAILER', sha256(`${trailer}\n`))}\r\n`);
  }
  return Buffer.concat([...parts, '\r\n'].map((part) => Buffer.from(part)));
}

describe('A signed aws-chunked body', () => {
  it.each([undefined, 'x-amz-checksum-crc32:AAAAAA=='])(
    'A signed aws-chunked body is accepted with the trailer %s',
    async (trailer) => {
      const chunks = [Buffer.alloc(100, 1), Buffer.from('end')];
      const signatures = new ChunkSignatures(seed, trailer !== undefined);
      const { content } = await decode(encodeSigned(chunks, trailer), [3, 50, 111], signatures);
      expect(content.equals(Buffer.concat(chunks))).toBe(true);
    },
  );

  it('A signed aws-chunked body is refused when a byte of a chunk, the trailer or a signature was changed', async () => {
    const body = encodeSigned([Buffer.from('content')], 'x-amz-checksum-crc32:AAAAAA==');
    for (const at of [body.indexOf('content'), body.indexOf('AAAAAA'), body.indexOf('signature=') + 12]) {
      const changed = Buffer.from(body);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await expect(decode(changed, [], new ChunkSignatures(seed, true))).rejects.toMatchObject({
        code: expect.stringMatching(/SignatureDoesNotMatch|InvalidRequest/),
      });
    }
  });

  it('An aws-chunked body without signatures is refused when it should be signed', async () => {
    await expect(
      decode(encode([Buffer.from('content')]), [], new ChunkSignatures(seed, false)),
    ).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });
});
