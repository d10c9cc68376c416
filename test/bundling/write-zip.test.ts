import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../client/bundle/project.js';

type WriteZip = (files: readonly { path: string; source: string }[]) => Promise<Buffer>;

const PROGRAM = pathToFileURL(path.resolve(import.meta.dirname, '../../bundling/write-zip.mjs')).href;
const { writeZip } = (await import(PROGRAM)) as { writeZip: WriteZip };

const projects = createProjects();
let project: Project;
let files: { path: string; source: string }[];

beforeEach(async () => {
  project = await projects.make();
  await project.write({ 'b.txt': 'second', 'a.py': 'print()\n' });
  files = [
    { path: 'b/ä.txt', source: project.at('b.txt') },
    { path: 'a.py', source: project.at('a.py') },
  ];
});
afterAll(() => projects.removeAll());

describe('writeZip', () => {
  it('`writeZip` returns the same bytes for any order of the files', async () => {
    expect(await writeZip([...files].reverse())).toEqual(await writeZip(files));
  });

  it('`writeZip` writes a zip that Python reads, with fixed times and modes', async () => {
    await writeFile(project.at('one.zip'), await writeZip(files));
    const program = `
import json, sys, zipfile
zip = zipfile.ZipFile(sys.argv[1])
assert zip.testzip() is None
print(json.dumps([[i.filename, list(i.date_time), oct(i.external_attr >> 16), zip.read(i).decode()] for i in zip.infolist()]))`;
    const { stdout } = await promisify(execFile)('python3', ['-c', program, project.at('one.zip')]);

    expect(JSON.parse(stdout)).toEqual([
      ['a.py', [1980, 1, 1, 0, 0, 0], '0o100644', 'print()\n'],
      ['b/ä.txt', [1980, 1, 1, 0, 0, 0], '0o100644', 'second'],
    ]);
  });

  it('`writeZip` rejects if a file is missing', async () => {
    await expect(writeZip([{ path: 'a.py', source: project.at('gone.py') }])).rejects.toThrow('gone.py');
  });
});
