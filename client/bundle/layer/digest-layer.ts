import { createHash } from 'node:crypto';

import {
  layerManifestPath,
  renderLayerManifest,
  type LayerManifestLine,
} from '../../../lib/contract/layer-manifest.js';
import { openDigestCache, type DigestCache } from './digest-cache.js';
import { hashContent, type ContentDigest } from './hash-files.js';
import { inOrder } from './in-order.js';
import type { FileEntry, Layer, LayerEntry } from './layer.js';
import { withPool } from './pack-pool.js';
import type { SourceFile } from './source-file.js';
import { writeLayerZip } from './write-layer-zip.js';
import type { ZipLimits } from './zip-format.js';
import type { DigestedFile } from './digested-file.js';
import { sizeOf } from './zip-steps.js';

/** Settings of {@link digestLayer}. */
export interface DigestSettings {
  /** Whether to read every file again instead of trusting digests of earlier calls. @default false */
  readonly verify?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Sizes from which the layer's zip uses the zip64 format. */
  readonly limits?: ZipLimits | undefined;
}

/** Up to these limits, this thread reads the files, because starting other threads takes longer. */
const INLINE = { files: 300, bytes: 16 * 1024 ** 2 };
const BATCH_FILES = 64;
const BATCH_BYTES = 4 * 1024 ** 2;

/**
 * Makes a layer of files, links and folders. Files that did not change since an earlier call are not read.
 *
 * @param name name of the layer in messages, such as `code` or `dirs/app`
 * @param entries contents of the layer, each path once
 * @throws CodeseederError `PackFailed` if a file cannot be read, or changed since it was listed
 */
export async function digestLayer(
  name: string,
  entries: readonly LayerEntry[],
  { verify = false, signal, limits }: DigestSettings = {},
): Promise<Layer> {
  signal?.throwIfAborted();
  const listed = entries.filter((entry) => entry.kind === 'file');
  const others = entries.filter((entry) => entry.kind !== 'file');
  const folder = folderOf(listed);
  const key = `${name}\0${folder}`;
  const cache = openDigestCache(key, folder);
  const files = await digested(listed, cache, verify, signal);
  const manifest = renderLayerManifest([...files.map(manifestLine), ...others]);
  const digest = createHash('sha256').update(manifest).digest('hex');
  return {
    name,
    digest,
    files: files.length,
    sizeBytes: files.reduce((sum, file) => sum + sizeOf(file), 0),
    async write(writeSignal = signal) {
      const contents = { key, digest, files: sorted([...files, manifestFile(digest, manifest)]) };
      try {
        return await writeLayerZip(contents, { signal: writeSignal, limits });
      } catch (error) {
        // Removes the stored digests, because one of them may be wrong.
        cache.clear();
        throw error;
      }
    },
  };
}

async function digested(
  files: readonly FileEntry[],
  cache: DigestCache,
  verify: boolean,
  signal: AbortSignal | undefined,
): Promise<DigestedFile[]> {
  const readAtMs = Date.now();
  const digests = files.map((file) => {
    if ('content' in file) return hashContent(file.content);
    return verify ? undefined : cache.get(file);
  });
  const pending = files.flatMap((file, index) =>
    'source' in file && digests[index] === undefined ? [{ file, index }] : [],
  );
  const read = await hashSources(
    pending.map(({ file }) => file),
    signal,
  );
  pending.forEach(({ index }, position) => (digests[index] = read[position]));
  const known = files.map((entry, index): DigestedFile => {
    const { sha256, crc32 } = requireDigest(digests[index]);
    return { entry, sha256, crc32 };
  });
  if (pending.length > 0) {
    cache.keep(
      known.flatMap((file) => ('source' in file.entry ? [[file.entry, file] as const] : [])),
      readAtMs,
    );
  }
  return known;
}

async function hashSources(
  files: readonly SourceFile[],
  signal: AbortSignal | undefined,
): Promise<ContentDigest[]> {
  if (files.length === 0) return [];
  const sizeBytes = files.reduce((sum, { stats }) => sum + stats.sizeBytes, 0);
  const isLittle = files.length <= INLINE.files && sizeBytes <= INLINE.bytes;
  return withPool({ inThisThread: isLittle, signal }, async (pool) => {
    const tasks = batches(files).map(
      (batch) => () => pool.run('hash', { files: batch.map(({ source, stats }) => ({ source, stats })) }),
    );
    const found: ContentDigest[] = [];
    for await (const { digests } of inOrder(tasks, pool.width * 2)) found.push(...digests);
    return found;
  });
}

function batches(files: readonly SourceFile[]): SourceFile[][] {
  const found: SourceFile[][] = [];
  let bytes = BATCH_BYTES;
  for (const file of files) {
    const current = found.at(-1);
    if (current === undefined || current.length >= BATCH_FILES || bytes >= BATCH_BYTES) {
      found.push([file]);
      bytes = file.stats.sizeBytes;
    } else {
      current.push(file);
      bytes += file.stats.sizeBytes;
    }
  }
  return found;
}

function requireDigest(digest: ContentDigest | undefined): ContentDigest {
  if (digest === undefined) throw new Error('A file of the layer has no digest.');
  return digest;
}

function manifestLine({ entry: { path, mode }, sha256 }: DigestedFile): LayerManifestLine {
  return { kind: 'file', path, mode, sha256 };
}

function manifestFile(digest: string, manifest: string): DigestedFile {
  const content = Buffer.from(manifest);
  const entry = { kind: 'file', path: layerManifestPath(digest), mode: 0o644, content } as const;
  return { entry, ...hashContent(content) };
}

function sorted(files: readonly DigestedFile[]): DigestedFile[] {
  return [...files].sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
}

/**
 * Returns the innermost folder that contains all files, with a slash at its end; the working folder if no file is on
 * disk.
 */
function folderOf(files: readonly FileEntry[]): string {
  const sources = files.flatMap((file) => ('source' in file ? [file.source] : []));
  let [least] = sources;
  let greatest = least;
  if (least === undefined || greatest === undefined) return process.cwd();
  for (const source of sources) {
    if (source < least) least = source;
    if (source > greatest) greatest = source;
  }
  let common = 0;
  while (common < least.length && least[common] === greatest[common]) common += 1;
  return least.slice(
    0,
    Math.max(least.lastIndexOf('/', common - 1), least.lastIndexOf('\\', common - 1)) + 1,
  );
}
