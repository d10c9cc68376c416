import { buffer } from 'node:stream/consumers';

import { ZipFile } from 'yazl';

/** The earliest time that a zip can hold. */
const FIXED_TIME = new Date(1980, 0, 1);

const FILE_MODE = 0o100644;

/**
 * Returns a zip whose bytes depend only on the paths and contents of its files. Files are sorted, times and modes are
 * fixed, and nothing is compressed, because the output of zlib differs between processors and versions.
 *
 * @param {readonly { path: string, source: string }[]} files the path of each file in the zip, and on this machine
 * @returns {Promise<Buffer>}
 */
export async function writeZip(files) {
  const zip = new ZipFile();
  for (const { path, source } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    zip.addFile(source, path, {
      mtime: FIXED_TIME,
      mode: FILE_MODE,
      compress: false,
      forceDosTimestamp: true,
    });
  }
  // yazl reports a file that it cannot read on the ZipFile, not on its output.
  zip.on('error', (error) => zip.outputStream.destroy(error));
  zip.end();
  return buffer(zip.outputStream);
}
