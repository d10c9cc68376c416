import type { Blob } from '../durable/blob-folder.js';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum.js';

export interface Encryption {
  readonly algorithm: string;
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

export interface BucketRecord {
  readonly name: string;
  readonly createdAtMs: number;
  readonly encryption: Encryption;
  /** Whether EventBridge is told of its objects. */
  readonly sendsEvents?: boolean;
}

/** What a client says of an object beside its content; names are those of the headers. */
export type ObjectHeaders = Readonly<Record<string, string>>;

export interface ObjectRecord {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly blobs: readonly Blob[];
  readonly headers: ObjectHeaders;
  readonly encryption: Encryption;
  readonly checksum?: Checksum;
  /** Of an object that was uploaded in parts. */
  readonly partCount?: number;
}

export interface UploadRecord {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedAtMs: number;
  readonly headers: ObjectHeaders;
  readonly encryption: Encryption;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

export interface PartRecord {
  readonly partNumber: number;
  readonly etag: string;
  readonly modifiedAtMs: number;
  readonly blob: Blob;
  readonly checksum: Checksum;
}
