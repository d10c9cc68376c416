import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { digestLayer } from '../../../../client/bundle/layer/digest-layer.js';
import { listFolder } from '../../../../client/bundle/files/list-folder.js';
import { createProjects, type Project } from '../project.js';
import {
  aFile,
  bytesOf,
  filesIn,
  hasProgram,
  pathsIn,
  randomBytes,
  readByPython,
  testByUnzip,
} from './layer-files.js';

const projects = createProjects();
let project: Project;
let hasUnzip: boolean;
let hasPython: boolean;

beforeAll(async () => {
  hasUnzip = await hasProgram('unzip', '-v');
  hasPython = await hasProgram('python3', '--version');
  if (!hasUnzip || !hasPython)
    process.stderr.write('Not checked by unzip and Python, where they are missing.\n');
});
beforeEach(async () => {
  project = await projects.make();
});
afterAll(() => projects.removeAll());

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

/** Checks that every zip reader reads the zip. */
async function requireReadable(bytes: Buffer, expected: Record<string, Uint8Array>): Promise<void> {
  const found = await filesIn(bytes);
  const digests = (files: Record<string, Uint8Array>) =>
    Object.fromEntries(Object.entries(files).map(([path, content]) => [path, sha256(content)]));
  const contents = Object.fromEntries(Object.entries(found).map(([path, { content }]) => [path, content]));
  expect(digests(contents)).toEqual(digests(expected));
  if (hasUnzip) expect(await testByUnzip(bytes, project.at('layer.zip'))).toBe('');
  if (hasPython) {
    const byPython = await readByPython(bytes, project.at('layer.zip'));
    const entries = Object.entries(byPython).filter(([path]) => !path.startsWith('.codeseeder/'));
    expect(Object.fromEntries(entries.map(([path, [, digest]]) => [path, digest]))).toEqual(
      digests(expected),
    );
  }
}

const MEGABYTE = 1024 ** 2;
const text = (bytes: number) =>
  Buffer.from('some words that repeat themselves '.repeat(bytes / 34 + 1)).subarray(0, bytes);

/** A file for each way of compressing: in one piece, in several pieces, stored uncompressed, and empty. */
const CONTENTS = {
  empty: Buffer.alloc(0),
  'small.txt': text(100),
  'tiny.bin': randomBytes(10),
  'random.bin': randomBytes(100_000),
  'ä/語.txt': text(70_000),
  'large.txt': text(MEGABYTE + 17),
  'large.bin': randomBytes(MEGABYTE + 1),
  'large/mixed.bin': Buffer.concat([text(MEGABYTE), randomBytes(MEGABYTE / 4), text(MEGABYTE / 4)]),
};

const contentEntries = () => Object.entries(CONTENTS).map(([path, content]) => aFile(path, content));

describe('the zip of a layer', () => {
  it('`yauzl`, unzip and Python read the zip of a layer of files and contents in memory', async () => {
    await requireReadable(await bytesOf(await digestLayer('code', contentEntries())), CONTENTS);

    for (const [path, content] of Object.entries(CONTENTS)) await project.write({ [`app/${path}`]: content });
    const { entries } = await listFolder({ place: 'app', folder: project.at('app') });
    const bytes = await bytesOf(await digestLayer('dirs/app', entries));
    await requireReadable(
      bytes,
      Object.fromEntries(Object.entries(CONTENTS).map(([path, content]) => [`app/${path}`, content])),
    );
  });

  it('The zip of a layer has the manifest of its files, links and folders under its digest', async () => {
    const layer = await digestLayer('dirs/app', [
      aFile('app/b', 'b', 0o600),
      { kind: 'link', path: 'app/a', target: 'b' },
      { kind: 'folder', path: 'app/c', mode: 0o755 },
    ]);
    const manifest = [
      'codeseeder layer 1',
      'l\tb\tapp/a',
      `f\t600\t${sha256('b')}\tapp/b`,
      'd\t755\tapp/c',
      '',
    ].join('\n');

    expect(layer).toMatchObject({ name: 'dirs/app', digest: sha256(manifest), files: 1, sizeBytes: 1 });
    const bytes = await bytesOf(layer);
    expect(await readByPythonOrYauzl(bytes, `.codeseeder/layers/${layer.digest}`)).toBe(sha256(manifest));
  });

  it('The zip of a layer has modes, and stores incompressible files', async () => {
    const files = await filesIn(
      await bytesOf(
        await digestLayer('code', [
          aFile('secret', 'x', 0o600),
          aFile('run.sh', text(5_000), 0o755),
          aFile('a.png', randomBytes(300_000)),
        ]),
      ),
    );

    expect(Object.entries(files).map(([path, { mode, isStored }]) => [path, mode, isStored])).toEqual([
      ['a.png', 0o644, true],
      ['run.sh', 0o755, false],
      ['secret', 0o600, true],
    ]);
  });

  it('The zip of a layer is as small as that of zip, also if files are compressed in chunks', async () => {
    const bytes = await bytesOf(await digestLayer('code', [aFile('large.txt', text(10 * MEGABYTE))]));

    expect(bytes.length).toBeLessThan(150_000);
  });

  it('The zip of a layer does not depend on the order of its entries', async () => {
    const [one, other] = await Promise.all(
      [contentEntries(), contentEntries().reverse()].map(async (entries) =>
        bytesOf(await digestLayer('code', entries)),
      ),
    );

    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
  });

  it('The zip of a layer has arbitrary files', async () => {
    const aPath = fc
      .array(
        fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '語', ' ', '.'), minLength: 1, maxLength: 4 }),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((segments) => `at/${segments.map((segment) => `x${segment}`).join('/')}`);
    const someContent = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.nat({ max: 2_000 }))
        .map(([piece, times]) => {
          return Buffer.concat(Array.from({ length: times }, () => piece));
        }),
    );
    const limits = fc.constantFrom(undefined, { entries: 3, bytes: 100 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(aPath, someContent, { maxKeys: 8 }), limits, async (files, lowered) => {
        const entries = Object.entries(files).map(([path, content]) => aFile(path, content));
        const layer = await digestLayer('code', entries, lowered === undefined ? {} : { limits: lowered });
        const found = await filesIn(await bytesOf(layer));

        expect(Object.keys(found).sort()).toEqual(Object.keys(files).sort());
        for (const [path, content] of Object.entries(files)) {
          expect(found[path]?.content.equals(content)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});

async function readByPythonOrYauzl(bytes: Buffer, path: string): Promise<string | undefined> {
  const all = await readByPython(bytes, project.at('manifest.zip'));
  return all[path]?.[1];
}

describe('zip64', () => {
  it.each([
    ['sizes', { entries: 0xffff, bytes: 50_000 }],
    ['places and sizes of all files', { entries: 0xffff, bytes: 1 }],
    ['the number of files', { entries: 2, bytes: 0xffffffff }],
    ['everything', { entries: 1, bytes: 1 }],
  ])('`yauzl`, unzip and Python read a zip64 with %s above the limits', async (_what, limits) => {
    const layer = await digestLayer('code', contentEntries(), { limits });

    await requireReadable(await bytesOf(layer), CONTENTS);
  });

  it('A zip of more than 65,535 files is a zip64', async () => {
    const paths = Array.from({ length: 66_000 }, (_, index) => `at/${index % 100}/${index}.txt`);
    const layer = await digestLayer(
      'many',
      paths.map((path) => aFile(path, path)),
    );
    const bytes = await bytesOf(layer);

    expect(await pathsIn(bytes)).toHaveLength(paths.length);
    if (hasUnzip) expect(await testByUnzip(bytes, project.at('many.zip'))).toBe('');
    if (hasPython) {
      const byPython = await readByPython(bytes, project.at('many.zip'));
      expect(Object.keys(byPython)).toHaveLength(paths.length + 1);
      expect(byPython['at/99/65999.txt']?.[1]).toBe(sha256('at/99/65999.txt'));
    }
  });
});
