import type { S3Client } from '@aws-sdk/client-s3';

import { PART_BYTES, SINGLE_PUT_MAX_BYTES } from '../../lib/contract/index.js';

/** The location of an object in S3, with the client to use it. */
export interface ObjectLocation {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
}

/** The checksum and size of an object that was stored. */
export interface StoredObject {
  /** `ChecksumSHA256` as S3 reports it. */
  readonly checksumSha256: string;
  readonly sizeBytes: number;
}

/** Sizes that decide whether a zip is sent in parts. Tests use smaller ones. */
export interface UploadLimits {
  /** Largest zip that is sent in one request. @default 5 GiB */
  readonly singlePutMaxBytes: number;
  /** Size of a part, unless the zip needs larger ones. @default 64 MiB */
  readonly partBytes: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  singlePutMaxBytes: SINGLE_PUT_MAX_BYTES,
  partBytes: PART_BYTES,
};

export interface PutOptions {
  readonly limits: UploadLimits;
  readonly signal?: AbortSignal | undefined;
}
