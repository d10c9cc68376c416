import { createHash } from 'node:crypto';

import { startChecksum, type Checksum, type ChecksumAlgorithm } from './checksum.js';

/** Size and digests of content. */
export interface ContentSummary {
  readonly sizeBytes: number;
  /** Hexadecimal digits. */
  readonly md5: string;
  readonly checksum: Checksum;
}

export interface DigestedContent {
  readonly content: AsyncIterable<Buffer>;
  /** Returns the size and digests. Call it after `content` has ended. */
  summary(): ContentSummary;
}

/** Passes content through, and computes its size and digests on the way. */
export function digestContent(
  source: AsyncIterable<Buffer | string>,
  algorithm: ChecksumAlgorithm,
): DigestedContent {
  const md5 = createHash('md5');
  const running = startChecksum(algorithm);
  let sizeBytes = 0;
  async function* content(): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      md5.update(bytes);
      running.update(bytes);
      sizeBytes += bytes.length;
      yield bytes;
    }
  }
  return {
    content: content(),
    summary: () => ({
      sizeBytes,
      md5: md5.digest('hex'),
      checksum: { algorithm, value: running.digest().toString('base64'), type: 'FULL_OBJECT' },
    }),
  };
}
