import type { ContentDigest } from './hash-files.js';
import type { FileEntry } from './layer.js';

/** A file of a layer with the digest of its content. */
export interface DigestedFile extends ContentDigest {
  readonly entry: FileEntry;
}
