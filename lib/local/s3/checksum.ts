import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { Crc32c } from '@aws-crypto/crc32c';

import { Crc64Nvme } from './crc64-nvme.js';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** The checksum that S3 stores with an object in addition to its ETag. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64 text. For a composite checksum, a dash and the number of parts follow. */
  readonly value: string;
  readonly type: ChecksumType;
}

export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** Returns the name of a checksum's header, such as `x-amz-checksum-crc32`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'CRC32':
      return startCrc32();
    case 'CRC32C':
      return startCrc32c();
    case 'CRC64NVME':
      return new Crc64Nvme();
    case 'SHA1':
    case 'SHA256':
      return createHash(algorithm.toLowerCase());
  }
}

/** Returns the checksum of content in base64. */
export async function checksumOf(
  content: AsyncIterable<Uint8Array>,
  algorithm: ChecksumAlgorithm,
): Promise<string> {
  const running = startChecksum(algorithm);
  for await (const piece of content) running.update(piece);
  return running.digest().toString('base64');
}

function startCrc32(): RunningChecksum {
  let value = 0;
  return {
    update: (bytes) => void (value = crc32(bytes, value)),
    digest: () => bigEndian(value),
  };
}

function startCrc32c(): RunningChecksum {
  const running = new Crc32c();
  return {
    update: (bytes) => void running.update(bytes),
    digest: () => bigEndian(running.digest()),
  };
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
