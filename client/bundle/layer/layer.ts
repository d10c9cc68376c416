import type { Readable } from 'node:stream';

/** What tells that a file did not change since it was last read. */
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

/** A symbolic link. Its target is relative and leads to something inside the bundle. */
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

/** A file, link or folder of a layer. `path` counts from the bundle's root, with `/`. */
export type LayerEntry = FileEntry | LinkEntry | FolderEntry;

/** A part of a bundle, addressed by its content. No zip exists before `write` is called. */
export interface Layer {
  /** Name for people, such as `code`, `packages` or `dirs/app`. */
  readonly name: string;
  /** SHA-256 of the layer's manifest, in lower-case hexadecimal. */
  readonly digest: string;
  /** Number of files. */
  readonly files: number;
  /** Size of the files, not compressed. */
  readonly sizeBytes: number;
  /** Writes the zip into a temporary file. @throws CodeseederError `PackFailed` when a file changed meanwhile */
  write(signal?: AbortSignal): Promise<LayerZip>;
}

/** A layer's zip in a temporary file without a name. */
export interface LayerZip {
  readonly sizeBytes: number;
  /** SHA-256 of the zip in base64, as S3 reports it. */
  readonly checksumSha256: string;
  /** Returns its bytes. @param end is exclusive. @default the whole zip */
  read(start?: number, end?: number): Readable;
  /** Releases the file. */
  dispose(): Promise<void>;
}
