// Creates folders of 2 GB that contain text which compresses like code.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

const BYTES = 2 * 1024 ** 3;
const MANY = 54_000;
const FEW = 4;
const FOLDER_FILES = 100;

/** Returns 4 MB of words. Each file contains a part of this text that begins at another offset. */
function someText() {
  const words = Array.from({ length: 4_000 }, (_, index) => `name${(index * 7919) % 4_000}`);
  let text = '';
  for (let index = 0; text.length < 4 * 1024 ** 2; index += 1) {
    text += `${words[(index * index + 17 * index) % words.length]}${index % 11 === 0 ? '\n' : ' '}`;
  }
  return Buffer.from(text);
}

export function writeFewFiles(folder) {
  const text = someText();
  for (let file = 0; file < FEW; file += 1) {
    const handle = openSync(path.join(folder, `${file}.txt`), 'w');
    for (let written = 0; written < BYTES / FEW; written += text.length) writeSync(handle, text);
    closeSync(handle);
  }
}

export function writeManyFiles(folder) {
  const text = someText();
  const size = Math.floor(BYTES / MANY);
  for (let file = 0; file < MANY; file += 1) {
    const below = path.join(folder, String(Math.floor(file / FOLDER_FILES)));
    if (file % FOLDER_FILES === 0) mkdirSync(below);
    const start = (file * 97) % (text.length - size);
    writeFileSync(path.join(below, `${file}.txt`), text.subarray(start, start + size));
  }
}
