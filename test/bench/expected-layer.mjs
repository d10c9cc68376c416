// Computes the expected layer of a folder without the packing code, so that a benchmark fails if packing leaves out
// files.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fromFd } from 'yauzl';

const PLACE = 'app';

/** Returns the digest of the layer's manifest, and the digest of each file. */
export function expectedLayer(folder) {
  const lines = [];
  const files = new Map();
  const walk = (current, place) => {
    const names = readdirSync(current);
    const mode = (file) => (lstatSync(file).mode & 0o777).toString(8);
    if (names.length === 0 || mode(current) !== '755') lines.push([place, `d\t${mode(current)}\t${place}`]);
    for (const name of names) {
      const [file, below] = [path.join(current, name), `${place}/${name}`];
      const stats = lstatSync(file);
      if (stats.isDirectory()) walk(file, below);
      else if (stats.isSymbolicLink()) lines.push([below, `l\t${readlinkSync(file)}\t${below}`]);
      else {
        const digest = sha256(readFileSync(file));
        files.set(below, digest);
        lines.push([below, `f\t${mode(file)}\t${digest}\t${below}`]);
      }
    }
  };
  walk(folder, PLACE);
  const sorted = lines.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return { digest: sha256(['codeseeder layer 1', ...sorted, ''].join('\n')), files };
}

/** Throws unless a layer has the expected digest and its zip contains every file with its content. */
export async function requireSameFiles(packed, expected, zipFile) {
  if (packed.digest !== expected.digest) throw new Error('The layer does not have the files of the folder.');
  if (packed.files !== expected.files.size)
    throw new Error('The layer does not have all files of the folder.');
  if (zipFile === undefined) return;
  const found = await digestsInZip(zipFile);
  const manifest = `.codeseeder/layers/${expected.digest}`;
  const differing = [...expected.files].filter(([file, digest]) => found.get(file) !== digest);
  if (
    differing.length > 0 ||
    found.get(manifest) !== expected.digest ||
    found.size !== expected.files.size + 1
  ) {
    throw new Error(`The zip does not have the files of the folder: ${differing.slice(0, 3).join(' ')}`);
  }
}

async function digestsInZip(file) {
  const handle = await open(file);
  const digests = new Map();
  const zip = await new Promise((resolve, reject) =>
    fromFd(handle.fd, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  );
  await new Promise((resolve, reject) => {
    zip.on('error', reject).on('end', resolve);
    zip.on('entry', (entry) =>
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        buffer(stream).then((content) => {
          digests.set(entry.fileName, sha256(content));
          zip.readEntry();
        }, reject);
      }),
    );
    zip.readEntry();
  });
  await handle.close();
  return digests;
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}
