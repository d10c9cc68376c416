import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { writeZip } from '../../../client/bundle/write-zip.js';
import { createProjects, type Project } from './project.js';
import { readZip } from './read-zip.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
});
afterAll(() => projects.removeAll());

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const ENTRIES = [
  { path: 'b/ä.txt', content: Buffer.from('second') },
  { path: 'a.sh', content: Buffer.from('echo\n'), isExecutable: true },
];

const into = (file: string) => (zip: AsyncIterable<Uint8Array>) => writeFile(file, zip);

describe('a zip', () => {
  it('does not depend on the order in which its entries come', async () => {
    const one = await writeZip(ENTRIES, into(project.at('one.zip')));
    const other = await writeZip([...ENTRIES].reverse(), into(project.at('other.zip')));

    expect(one).toEqual({ sha256: other.sha256, sizeBytes: (await stat(project.at('one.zip'))).size });
    expect(Object.keys(await readZip(await readFile(project.at('one.zip'))))).toEqual(['a.sh', 'b/ä.txt']);
  });

  it('is read by another program, with its first moment, names and modes', async () => {
    await writeZip(ENTRIES, into(project.at('one.zip')));
    const program = `
import json, sys, zipfile
zip = zipfile.ZipFile(sys.argv[1])
assert zip.testzip() is None
print(json.dumps([[i.filename, list(i.date_time), oct(i.external_attr >> 16), zip.read(i).decode()] for i in zip.infolist()]))`;
    const { stdout } = await promisify(execFile)('python3', ['-c', program, project.at('one.zip')]);

    expect(JSON.parse(stdout)).toEqual([
      ['a.sh', [1980, 1, 1, 0, 0, 0], '0o100755', 'echo\n'],
      ['b/ä.txt', [1980, 1, 1, 0, 0, 0], '0o100644', 'second'],
    ]);
  });

  it.each(['000', '077'])('has the same bytes under umask %s', async (umask) => {
    await project.write({ 'app/a.txt': 'a' });
    const entries = [{ path: 'a.txt', source: project.at('app/a.txt') }];
    const { sha256 } = await writeZip(entries, into(project.at('here.zip')));
    const program = `
      import { writeZip } from ${JSON.stringify(path.join(REPOSITORY, 'client/bundle/write-zip.ts'))};
      import { writeFile } from 'node:fs/promises';
      process.umask(0o${umask});
      const source = ${JSON.stringify(project.at(`under-${umask}.txt`))};
      await writeFile(source, 'a');
      const { sha256 } = await writeZip([{ path: 'a.txt', source }], (zip) => writeFile(source + '.zip', zip));
      process.stdout.write(sha256);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { cwd: REPOSITORY, env: { ...process.env, NODE_OPTIONS: '' } },
    );

    expect(stdout).toBe(sha256);
  });
});

describe('a zip that cannot be written', () => {
  it.each([
    ['of a file that is gone', 'gone.txt', 'one.zip', /gone\.txt/],
    ['into a folder that is missing', 'a.txt', 'none/one.zip', /none\/one\.zip/],
  ])('%s is told as a failure to pack', async (_what, source, file, message) => {
    await project.write({ 'a.txt': 'a' });

    await expect(
      writeZip([{ path: 'a.txt', source: project.at(source) }], into(project.at(file))),
    ).rejects.toMatchObject({ code: 'PackFailed', message: expect.stringMatching(message) });
  });

  (process.platform === 'linux' ? it : it.skip)(
    'because a file gives other bytes than its size says is told, not packed',
    async () => {
      // Its size is 0, and it has content: what a file that grows meanwhile looks like.
      await expect(
        writeZip([{ path: 'a.txt', source: '/proc/self/status' }], into(project.at('one.zip'))),
      ).rejects.toMatchObject({ code: 'PackFailed', message: expect.stringContaining('number of bytes') });
    },
  );
});
