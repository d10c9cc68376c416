import { promisify } from 'node:util';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';

/** An entry of a zip, as an unpacker reads it. */
export interface UnpackedEntry {
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
}

const open = promisify<Buffer, { lazyEntries: boolean }, ZipFile>(fromBuffer);

/** Returns the entries of a zip in the order in which they are stored. */
export async function readZip(bytes: Buffer): Promise<Record<string, UnpackedEntry>> {
  const zip = await open(bytes, { lazyEntries: true });
  const entries: Record<string, UnpackedEntry> = {};
  return new Promise((resolve, reject) => {
    zip.on('error', reject).on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        let content = '';
        stream.setEncoding('utf8').on('data', (text: string) => (content += text));
        stream.on('end', () => {
          entries[entry.fileName] = { content, mode: (entry.externalFileAttributes >>> 16) & 0o777 };
          zip.readEntry();
        });
      });
    });
    zip.readEntry();
  });
}
