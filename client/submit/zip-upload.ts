import type { S3Client } from '@aws-sdk/client-s3';

import { SINGLE_PUT_MAX_BYTES } from '../../lib/contract/index.js';

/** Where a zip goes. */
export interface ZipPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
}

/** An object as S3 knows it. */
export interface StoredObject {
  /** `ChecksumSHA256` as S3 reports it. */
  readonly checksumSha256: string;
  readonly sizeBytes: number;
}

/** When a zip is sent in parts. Smaller in tests. */
export interface UploadLimits {
  /** @default 5 GiB */
  readonly singlePutMaxBytes: number;
  /** Size of a part, unless the zip needs larger ones. @default 64 MiB */
  readonly partBytes: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  singlePutMaxBytes: SINGLE_PUT_MAX_BYTES,
  partBytes: 64 * 1024 ** 2,
};

/** On which condition an object is put: there is none, or still the one of an ETag. */
export type PutCondition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

export interface PutOptions {
  readonly condition: PutCondition;
  readonly limits: UploadLimits;
  readonly signal?: AbortSignal | undefined;
}
