import { createHash } from 'node:crypto';

import { AwsError } from '../wire/aws-error.js';
import { ByteReader } from './byte-reader.js';
import type { ChunkSignatures } from './chunk-signatures.js';
import { invalidRequest } from './refusals.js';

export interface DecodeOptions {
  /** Checks the signatures of the chunks and the trailer. @default the body is not signed */
  readonly signatures?: ChunkSignatures;
  /** Receives the trailing headers, with names in lower case. */
  readonly trailers: Map<string, string>;
}

/**
 * Decodes an `aws-chunked` body.
 * @throws AwsError `IncompleteBody`, `InvalidRequest`, `MalformedTrailerError`, `SignatureDoesNotMatch`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* decodeChunks(
  source: AsyncIterable<Buffer>,
  { signatures, trailers }: DecodeOptions,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  for (;;) {
    const { sizeBytes, signature } = parseChunkLine(await reader.line());
    const hash = createHash('sha256');
    for await (const piece of reader.take(sizeBytes)) {
      if (signatures !== undefined) hash.update(piece);
      yield piece;
    }
    signatures?.checkChunk(hash.digest('hex'), signature);
    if (sizeBytes === 0) break;
    if ((await reader.line()) !== '') {
      throw invalidRequest('A chunk of the aws-chunked body is longer than its declared size.');
    }
  }
  await readTrailers(reader, trailers);
  signatures?.checkTrailers(trailers);
}

function parseChunkLine(line: string): { sizeBytes: number; signature: string | undefined } {
  const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match === null) {
    throw invalidRequest(
      `The aws-chunked body has ${JSON.stringify(line.slice(0, 100))} instead of the size of a chunk.`,
    );
  }
  return { sizeBytes: Number.parseInt(match[1] as string, 16), signature: match[2] };
}

async function readTrailers(reader: ByteReader, trailers: Map<string, string>): Promise<void> {
  // A body without trailers may end without the empty line.
  while (!(await reader.atEnd())) {
    const line = await reader.line();
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 0)
      throw new AwsError(
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed.',
      );
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}
