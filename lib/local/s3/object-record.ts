import type { Blob } from '../durable/blob-folder.js';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum.js';

export interface Encryption {
  readonly algorithm: string;
  readonly keyId?: string | undefined;
  readonly bucketKey?: boolean | undefined;
}

/** A statement of a bucket policy that denies writes of some keys. */
export interface WriteDenial {
  /** ARNs of objects. They may contain `*` and `?`. */
  readonly resources: readonly string[];
  /**
   * Condition keys in lower case and their values, by operator. A request is denied only if all conditions match.
   */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface BucketRecord {
  readonly name: string;
  readonly createdAtMs: number;
  readonly encryption: Encryption;
  /** Whether the bucket sends events to EventBridge. */
  readonly sendsEvents?: boolean;
  /** Statements of the bucket's policy that deny writes. */
  readonly denials?: readonly WriteDenial[];
  readonly tags?: readonly BucketTag[];
}

export interface BucketTag {
  readonly key: string;
  readonly value: string;
}

/** Headers that are stored with an object and returned when it is read. */
export type ObjectHeaders = Readonly<Record<string, string>>;

export interface ObjectRecord {
  readonly key: string;
  /** ETag without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly blobs: readonly Blob[];
  readonly headers: ObjectHeaders;
  readonly encryption: Encryption;
  readonly checksum?: Checksum | undefined;
  /** Number of parts if the object was created by a multipart upload. */
  readonly partCount?: number;
}

export interface UploadRecord {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedAtMs: number;
  readonly headers: ObjectHeaders;
  readonly encryption: Encryption;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly checksumType?: ChecksumType | undefined;
}

export interface PartRecord {
  readonly partNumber: number;
  readonly etag: string;
  readonly modifiedAtMs: number;
  readonly blob: Blob;
  readonly checksum: Checksum;
}
