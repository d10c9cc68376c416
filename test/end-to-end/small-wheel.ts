import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/**
 * Writes a wheel with one module that contains its version.
 *
 * @returns the hash for pip: `sha256:` and the digest
 */
export async function writeWheel(folder: string, name: string, version: string): Promise<string> {
  const info = `${name}-${version}.dist-info`;
  const entries: Record<string, string> = {
    [`${name}.py`]: `__version__ = "${version}"\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record = [...Object.keys(entries), `${info}/RECORD`].map((entry) => `${entry},,\n`).join('');
  const zip = new ZipFile();
  for (const [entry, text] of Object.entries({ ...entries, [`${info}/RECORD`]: record })) {
    zip.addBuffer(Buffer.from(text), entry);
  }
  zip.end();
  const bytes = await buffer(zip.outputStream);
  await writeFile(path.join(folder, `${name}-${version}-py3-none-any.whl`), bytes);
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
