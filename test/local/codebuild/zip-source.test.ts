import { createWriteStream } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ZipFile } from 'yazl';

import { unpackZip } from '../../../lib/local/codebuild/zip-source.js';
import { CAMPAIGN_MS, holds } from '../../fuzz/campaign.js';

interface AnEntry {
  readonly name: string;
  readonly content: string;
  readonly mode?: number;
}

const FILE = 0o100644;
const LINK = 0o120777;

let around: string;
beforeEach(async () => {
  around = await mkdtemp(join(tmpdir(), 'codeseeder-zip-'));
});
afterEach(() => rm(around, { recursive: true, force: true }));

/**
 * Writes a zip. Names that yazl would not write are inserted afterwards, in place of names of the same length.
 */
async function aZip(entries: readonly AnEntry[]): Promise<string> {
  const zip = new ZipFile();
  const names = new Map<string, string>();
  entries.forEach(({ name, content, mode = FILE }, index) => {
    const stand = `${index}`.padStart(Buffer.byteLength(name), '_').slice(0, Buffer.byteLength(name));
    names.set(stand, name);
    zip.addBuffer(Buffer.from(content), stand, { mode, compress: true });
  });
  zip.end();
  const file = join(around, 'a.zip');
  await pipeline(zip.outputStream, createWriteStream(file));
  let bytes: Buffer = await readFile(file);
  for (const [stand, name] of names) bytes = renamed(bytes, stand, name);
  await rm(file);
  await pipeline([bytes], createWriteStream(file));
  return file;
}

function renamed(bytes: Buffer, from: string, to: string): Buffer {
  const found = Buffer.from(bytes);
  for (let at = found.indexOf(from); at >= 0; at = found.indexOf(from, at + 1)) found.write(to, at);
  return found;
}

async function unpacked(entries: readonly AnEntry[]): Promise<string> {
  const folder = join(around, 'inside', 'folder');
  await mkdir(folder, { recursive: true });
  await unpackZip(await aZip(entries), folder);
  return folder;
}

/** Lists all files, folders and links, without following links. */
async function everything(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath, entry.name));
}

describe('`unpackZip`', () => {
  it('`unpackZip` in plain mode writes links as text files and ignores modes', async () => {
    const folder = join(around, 'plain');
    const zip = await aZip([
      { name: 'tool.sh', content: 'b', mode: 0o100755 },
      { name: 'link', content: 'tool.sh', mode: LINK },
    ]);
    await unpackZip(zip, folder, { unpacking: 'plain' });

    expect(await readFile(join(folder, 'link'), 'utf8')).toBe('tool.sh');
    expect((await lstat(join(folder, 'link'))).isFile()).toBe(true);
    expect((await stat(join(folder, 'tool.sh'))).mode & 0o777).toBe(0o644);
  });

  it('`unpackZip` keeps modes of files, except set-user-id and set-group-id', async () => {
    const folder = await unpacked([
      { name: 'plain', content: 'a' },
      { name: 'tool.sh', content: 'b', mode: 0o100755 },
      { name: 'setuid.sh', content: 'c', mode: 0o104755 },
    ]);
    const modes = await Promise.all(
      ['plain', 'tool.sh', 'setuid.sh'].map(async (name) => (await stat(join(folder, name))).mode & 0o7777),
    );
    expect(modes).toEqual([0o644, 0o755, 0o755]);
  });

  it('`unpackZip` makes links to files inside', async () => {
    const folder = await unpacked([
      { name: 'dir/file', content: 'here' },
      { name: 'dir/link', content: 'file', mode: LINK },
      { name: 'other/link', content: '../dir/file', mode: LINK },
    ]);
    expect(await readFile(join(folder, 'dir/link'), 'utf8')).toBe('here');
    expect(await readFile(join(folder, 'other/link'), 'utf8')).toBe('here');
  });

  it.each<[string, AnEntry[]]>([
    ['a name that leads up', [{ name: '../../escaped', content: 'x' }]],
    ['a name that starts at the root', [{ name: '/tmp/escaped', content: 'x' }]],
    ['a link that leads up', [{ name: 'link', content: '../../outside', mode: LINK }]],
    ['a link to the root', [{ name: 'link', content: '/etc/passwd', mode: LINK }]],
    [
      'a link below a link',
      [
        { name: 'd/l', content: '..', mode: LINK },
        { name: 'd/l/x', content: '../outside', mode: LINK },
      ],
    ],
    [
      'a link up through a link',
      [
        { name: 'p/q/l', content: '../..', mode: LINK },
        { name: 'p/q/m', content: 'l/../outside', mode: LINK },
      ],
    ],
    ['a link whose text is a book', [{ name: 'link', content: 'x'.repeat(5_000), mode: LINK }]],
  ])('`unpackZip` refuses %s', async (_what, entries) => {
    await expect(unpacked(entries)).rejects.toThrow(/is outside|relative path|absolute path/);
    await expectNothingOutside();
  });

  it('`unpackZip` refuses a zip over the limits before it writes it', async () => {
    const file = await aZip([{ name: 'bomb', content: '0'.repeat(100_000) }]);
    expect((await stat(file)).size).toBeLessThan(1_000);
    const folder = join(around, 'inside');
    await mkdir(folder);
    await expect(unpackZip(file, folder, { limits: { bytes: 99_999, entries: 5 } })).rejects.toThrow(
      'more than 99999 bytes',
    );
    await expect(unpackZip(file, folder, { limits: { bytes: 1e9, entries: 0 } })).rejects.toThrow(
      'more than 0 entries',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it(
    '`unpackZip` never writes outside of its folder, for random entries',
    async () => {
      const parts = fc.constantFrom('..', '.', 'a', 'b', 'c', 'l', '');
      const paths = fc.array(parts, { minLength: 1, maxLength: 4 }).map((found) => found.join('/') || 'a');
      const entries = fc.array(
        fc.record({ name: paths, content: paths, mode: fc.constantFrom(FILE, LINK, LINK, 0o100755) }),
        { minLength: 1, maxLength: 6 },
      );
      await holds(
        fc.asyncProperty(entries, async (wanted) => {
          try {
            await unpacked(wanted);
          } catch (error) {
            expect((error as Error).message).not.toBe('');
          }
          await expectNothingOutside();
          await rm(join(around, 'inside'), { recursive: true, force: true });
        }),
        200,
      );
    },
    CAMPAIGN_MS,
  );
});

/** Expects that no file outside of the folder was written, and that no link points outside. */
async function expectNothingOutside(): Promise<void> {
  const folder = join(around, 'inside', 'folder');
  const root = await realpath(folder);
  expect((await readdir(around)).filter((name) => name !== 'a.zip')).toEqual(['inside']);
  expect(await readdir(dirname(folder))).toEqual(['folder']);
  for (const path of await everything(folder)) {
    if (!(await lstat(path)).isSymbolicLink()) continue;
    const end = await realpath(path).catch(() => root);
    expect(`${end}${sep}`.startsWith(`${root}${sep}`)).toBe(true);
  }
}
