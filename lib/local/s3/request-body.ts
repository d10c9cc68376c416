import { createHash } from 'node:crypto';

import { AwsError } from '../wire/aws-error.js';
import type { WireRequest } from '../wire/wire-service.js';
import { CHECKSUM_ALGORITHMS, checksumHeader, type ChecksumAlgorithm } from './checksum.js';
import { ChunkSignatures } from './chunk-signatures.js';
import { decodeChunks } from './decode-chunks.js';
import { digestContent, type ContentSummary, type DigestedContent } from './digested-content.js';
import { headerText } from './request-header.js';
import { invalidRequest } from './refusals.js';

/**
 * Streams the decoded content of a request and compares it with the headers and the trailer: length, Content-MD5,
 * x-amz-content-sha256, x-amz-checksum-*. Compares after the last byte, so callers must read to the end. While it is
 * read, the content throws `BadDigest`, `InvalidDigest`, `XAmzContentSHA256Mismatch`, `XAmzContentChecksumMismatch`,
 * `IncompleteBody`, and the errors of `decodeChunks`.
 * @throws AwsError `InvalidRequest` for an unsupported checksum or x-amz-content-sha256
 */
export function openRequestBody(
  request: WireRequest,
  fallback: ChecksumAlgorithm = 'CRC64NVME',
): DigestedContent {
  const payload = headerText(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  const trailers = new Map<string, string>();
  const declared = declaredChecksum(request, fallback);
  const digested = digestContent(rawContent(request, payload, trailers), declared.algorithm);
  let summary: ContentSummary | undefined;
  async function* content(): AsyncGenerator<Buffer> {
    const sha256 = /^[0-9a-f]{64}$/i.test(payload) ? createHash('sha256') : undefined;
    for await (const piece of digested.content) {
      sha256?.update(piece);
      yield piece;
    }
    const found = digested.summary();
    checkLength(request, found.sizeBytes);
    checkSha256(payload, sha256?.digest('hex'));
    checkMd5(headerText(request, 'content-md5'), found.md5);
    checkChecksum(declared, trailers, found.checksum.value);
    summary = found;
  }
  return {
    content: content(),
    summary() {
      if (summary === undefined) throw new Error('The body has not been read to its end.');
      return summary;
    },
  };
}

function rawContent(
  request: WireRequest,
  payload: string,
  trailers: Map<string, string>,
): AsyncIterable<Buffer> {
  // Keeps the connection open after an error, because the client still waits for the response.
  const source = request.message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  const chunked = /(^|,)\s*aws-chunked\s*(,|$)/.test(headerText(request, 'content-encoding') ?? '');
  switch (payload) {
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return decodeChunks(source, { trailers });
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': {
      if (request.signature === undefined) break;
      const signatures = new ChunkSignatures(request.signature, payload.endsWith('-TRAILER'));
      return decodeChunks(source, { trailers, signatures });
    }
    case 'UNSIGNED-PAYLOAD':
      return chunked ? decodeChunks(source, { trailers }) : source;
    default:
      if (/^[0-9a-f]{64}$/i.test(payload)) return source;
  }
  throw invalidRequest(`The local AWS does not have the x-amz-content-sha256 ${payload}.`);
}

interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** The expected value from a header; undefined if it is in the trailer. */
  readonly value: string | undefined;
  readonly inTrailer: boolean;
}

function declaredChecksum(request: WireRequest, fallback: ChecksumAlgorithm): DeclaredChecksum {
  const trailer = (headerText(request, 'x-amz-trailer') ?? '').trim().toLowerCase();
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = headerText(request, checksumHeader(algorithm));
    if (value !== undefined) return { algorithm, value, inTrailer: false };
    if (trailer === checksumHeader(algorithm)) return { algorithm, value: undefined, inTrailer: true };
  }
  const other = Object.keys(request.headers).find((name) =>
    /^x-amz-checksum-(?!mode$|algorithm$|type$)/.test(name),
  );
  if (other !== undefined || trailer !== '') {
    throw invalidRequest(
      `The local AWS does not have the checksum ${other ?? trailer}; it has ${CHECKSUM_ALGORITHMS.join(', ')}.`,
    );
  }
  return { algorithm: fallback, value: undefined, inTrailer: false };
}

function checkLength(request: WireRequest, sizeBytes: number): void {
  const decoded = headerText(request, 'x-amz-decoded-content-length');
  if (decoded === undefined || Number(decoded) === sizeBytes) return;
  throw new AwsError(
    'IncompleteBody',
    `The request body has ${sizeBytes} bytes, but x-amz-decoded-content-length is ${decoded}.`,
  );
}

function checkSha256(payload: string, sha256: string | undefined): void {
  if (sha256 === undefined || sha256 === payload.toLowerCase()) return;
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    400,
    { ClientComputedContentSHA256: payload, S3ComputedContentSHA256: sha256 },
  );
}

function checkMd5(declared: string | undefined, md5: string): void {
  if (declared === undefined) return;
  const expected = Buffer.from(declared, 'base64');
  if (expected.length !== 16)
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (expected.toString('hex') === md5) return;
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

function checkChecksum(
  declared: DeclaredChecksum,
  trailers: ReadonlyMap<string, string>,
  actual: string,
): void {
  const { algorithm, inTrailer } = declared;
  const value = inTrailer ? trailers.get(checksumHeader(algorithm)) : declared.value;
  if (inTrailer && value === undefined) {
    throw new AwsError('MalformedTrailerError', `The trailer has no ${checksumHeader(algorithm)}.`);
  }
  if (value === undefined || value === actual) return;
  throw new AwsError(
    inTrailer ? 'XAmzContentChecksumMismatch' : 'BadDigest',
    `The ${algorithm} you specified did not match the calculated checksum.`,
  );
}
