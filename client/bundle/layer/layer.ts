import type { Readable } from 'node:stream';

/** Values that change when a file's content changes. */
export interface FileStats {
  readonly sizeBytes: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
}

/** A regular file of a layer. `mode` has the permission bits alone, such as `0o644`. */
export type FileEntry = { readonly kind: 'file'; readonly path: string; readonly mode: number } & (
  | { readonly content: Uint8Array }
  /** Absolute path of the file on this machine, and its stats when it was listed. */
  | { readonly source: string; readonly stats: FileStats }
);

/** A symbolic link. Its target is relative and inside the bundle. */
export interface LinkEntry {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

/** A folder that is empty, or whose mode is not 755. */
export interface FolderEntry {
  readonly kind: 'folder';
  readonly path: string;
  readonly mode: number;
}

/** A file, link or folder of a layer. `path` is relative to the bundle's root, with `/`. */
export type LayerEntry = FileEntry | LinkEntry | FolderEntry;

/** A part of a bundle, identified by its content. No zip exists before `write` is called. */
export interface Layer {
  /** Name in messages, such as `code`, `packages` or `dirs/app`. */
  readonly name: string;
  /** SHA-256 of the layer's manifest, in lower-case hexadecimal. */
  readonly digest: string;
  /** Number of files. */
  readonly files: number;
  /** Uncompressed size of the files. */
  readonly sizeBytes: number;
  /**
   * Writes the zip, or returns the cached one if no file changed.
   * @throws CodeseederError `PackFailed` if a file changed meanwhile
   */
  write(signal?: AbortSignal): Promise<LayerZip>;
}

/** A layer's zip in an open file: a file of the cache, or a temporary file without a name. */
export interface LayerZip {
  readonly sizeBytes: number;
  /** SHA-256 of the zip in base64, as S3 reports it. */
  readonly checksumSha256: string;
  /** Returns the bytes of a range. @param end exclusive @default the whole zip */
  read(start?: number, end?: number): Readable;
  /** Closes the file. A file without a name is thereby removed. */
  dispose(): Promise<void>;
}
