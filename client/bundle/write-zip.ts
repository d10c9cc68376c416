import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { CodeseederError } from '../../lib/contract/index.js';

/** An entry of the zip: bytes, or a file here. */
export type ZipEntry = {
  readonly path: string;
  readonly isExecutable?: boolean;
  readonly isLink?: boolean;
} & ({ readonly content: Uint8Array } | { readonly source: string });

/** The first moment a zip can name. */
const FIXED_TIME = new Date(1980, 0, 1);

const FILE_MODE = 0o100644;
const EXECUTABLE_MODE = 0o100755;
const LINK_MODE = 0o120777;

function modeOf({ isLink, isExecutable }: ZipEntry): number {
  if (isLink === true) return LINK_MODE;
  return isExecutable === true ? EXECUTABLE_MODE : FILE_MODE;
}

/**
 * Writes a zip that depends on the entries' paths, bytes and executable bit alone: entries are sorted, times and
 * modes are fixed, and nothing is compressed, because what zlib makes differs between processors and versions.
 *
 * @param write takes the zip's bytes
 * @returns sha256 in lower-case hexadecimal, and the size
 * @throws CodeseederError `PackFailed` when a file goes or changes meanwhile, or the zip cannot be written
 */
export async function writeZip(
  entries: readonly ZipEntry[],
  write: (zip: AsyncIterable<Uint8Array>) => Promise<void>,
  signal?: AbortSignal,
): Promise<{ sha256: string; sizeBytes: number }> {
  const { ZipFile } = await import('yazl');
  const zip = new ZipFile();
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const options = {
      mtime: FIXED_TIME,
      mode: modeOf(entry),
      compress: false,
      forceDosTimestamp: true,
    };
    if ('content' in entry) zip.addBuffer(Buffer.from(entry.content), entry.path, options);
    else zip.addFile(entry.source, entry.path, options);
  }
  zip.end();
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  const output = zip.outputStream as Readable;
  // A file that cannot be read, or changes while it is read, ends the whole pipeline.
  zip.on('error', (error: Error) => output.destroy(error));
  await pipeline(output, measure, write, ...(signal ? [{ signal }] : [])).catch((cause: Error) => {
    if (signal?.aborted === true) throw cause;
    throw new CodeseederError(
      'PackFailed',
      `The bundle cannot be written: ${cause.message}. Does a file change, or is the disk full?`,
      { cause },
    );
  });
  return { sha256: hash.digest('hex'), sizeBytes };
}
