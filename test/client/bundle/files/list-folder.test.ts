import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { IgnoreRules } from '../../../../client/bundle/files/folder-filter.js';
import { listFolder } from '../../../../client/bundle/files/list-folder.js';
import { createProjects, type Project } from '../project.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
});
afterAll(() => projects.removeAll());

const list = (rules: IgnoreRules = {}) => listFolder({ place: 'app', folder: project.at('app'), rules });

/** Returns, for each path, the kind of the entry and its target or mode as a short text. */
const listed = async (rules: IgnoreRules = {}) =>
  Object.fromEntries(
    (await list(rules)).entries.map((entry) => [
      entry.path,
      entry.kind === 'link' ? `-> ${entry.target}` : `${entry.kind} ${entry.mode.toString(8)}`,
    ]),
  );

const refusal = (...parts: string[]) => ({
  code: 'PackFailed',
  message: expect.stringMatching(
    parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*'),
  ),
});

describe('files and folders', () => {
  it('`listFolder` lists files and folders with their modes', async () => {
    await project.write({ 'app/a.txt': '', 'app/secret': '', 'app/bin/run.sh': '', 'app/private/b.txt': '' });
    await chmod(project.at('app/a.txt'), 0o644);
    await chmod(project.at('app/secret'), 0o600);
    await chmod(project.at('app/bin/run.sh'), 0o755);
    await chmod(project.at('app/private'), 0o700);

    expect(await listed()).toEqual({
      'app/a.txt': 'file 644',
      'app/bin/run.sh': 'file 755',
      'app/private': 'folder 700',
      'app/private/b.txt': 'file 644',
      'app/secret': 'file 600',
    });
  });

  it('`listFolder` lists empty folders, and folders whose files are all left out', async () => {
    await project.write({ 'app/a.txt': '', 'app/src/__pycache__/a.pyc': '' });
    await mkdir(project.at('app/logs/old'), { recursive: true });

    expect(await listed()).toMatchObject({ 'app/logs/old': 'folder 755', 'app/src': 'folder 755' });
  });

  it('`listFolder` keeps the mode of the folder itself', async () => {
    await project.write({ 'app/a.txt': '' });
    await chmod(project.at('app'), 0o750);

    expect(await listed()).toMatchObject({ app: 'folder 750' });
  });
});

describe('links', () => {
  it('`listFolder` keeps the target of a link that stays inside the folder', async () => {
    await project.write({ 'app/lib/x.js': '', 'app/deep/er/y.js': '' });
    await project.link('app/tool', 'lib/x.js');
    await project.link('app/deep/er/up', '../../lib');
    await project.link('app/deep/dotted', './er//y.js');
    await project.link('app/all', '.');

    expect(await listed()).toMatchObject({
      'app/all': '-> .',
      'app/deep/dotted': '-> ./er//y.js',
      'app/deep/er/up': '-> ../../lib',
      'app/tool': '-> lib/x.js',
    });
  });

  it('`listFolder` does not follow links, so it lists no folder twice and finishes when links form a loop', async () => {
    await project.write({ 'app/real/a.txt': '' });
    await project.link('app/alias', 'real');
    await project.link('app/real/up', '..');
    await project.link('app/itself', 'itself');

    expect(Object.keys(await listed())).toEqual(['app/alias', 'app/itself', 'app/real/a.txt', 'app/real/up']);
  });

  it('`listFolder` rewrites a target that is absolute, or leaves the folder at some step, relative to the link', async () => {
    await project.write({ 'app/lib/x.js': '', 'app/bin/run.sh': '' });
    await project.link('app/bin/absolute', project.at('app/lib/x.js'));
    await project.link('app/bin/around', '../../app/lib/x.js');
    await project.link('app/root', project.at('app'));

    expect(await listed()).toMatchObject({
      'app/bin/absolute': '-> ../lib/x.js',
      'app/bin/around': '-> ../lib/x.js',
      'app/root': '-> .',
    });
  });

  it('`listFolder` rewrites an absolute target that goes through a link to the folder', async () => {
    await project.write({ 'app/lib/x.js': '' });
    await project.link('alias', 'app');
    await project.link('app/x', project.at('alias/lib/x.js'));

    expect(await listed()).toMatchObject({ 'app/x': '-> lib/x.js' });
  });

  it('`listFolder` resolves `..` after a link relative to the target of that link', async () => {
    await project.write({ 'app/b/c/z': '', 'app/b/y': '', 'outer/d/z': '', 'outer/y': '' });
    await project.link('app/a', 'b/c');
    await project.link('app/x', 'a/../y');
    expect(await listed()).toMatchObject({ 'app/x': '-> a/../y' });

    await project.link('app/leaves', '../outer/d');
    await project.link('app/z', 'leaves/../y');
    await expect(listed({ ignore: ['leaves'] })).rejects.toMatchObject(
      refusal('app/z is a link that leads outside the folder, to', 'outer/y'),
    );
  });

  it('`listFolder` keeps links to links', async () => {
    await project.write({ 'app/v1/x': '' });
    await project.link('app/current', 'v1');
    await project.link('app/x', project.at('app/current'));

    expect(await listed()).toMatchObject({ 'app/current': '-> v1', 'app/x': '-> current' });
  });

  it('`listFolder` refuses a link that leads outside and names the remedy, unless a pattern leaves it out', async () => {
    await project.write({ 'app/a.txt': '', 'secret.txt': '' });
    await project.link('app/leak', '../secret.txt');

    await expect(listed()).rejects.toMatchObject(
      refusal('app/leak is a link that leads outside the folder, to', 'secret.txt', 'leave the link out'),
    );
    expect(Object.keys(await listed({ ignore: ['leak'] }))).toEqual(['app/a.txt']);
  });

  it('`listFolder` keeps a dangling link if its target would be inside, and refuses any other', async () => {
    await project.write({ 'app/a.txt': '' });
    await project.link('app/later', 'made/later.txt');
    await project.link('app/absolute', project.at('app/made/later.txt'));
    expect(await listed()).toMatchObject({
      'app/later': '-> made/later.txt',
      'app/absolute': '-> made/later.txt',
    });

    await project.link('app/gone', '../gone.txt');
    await expect(listed()).rejects.toMatchObject(
      refusal('The target ../gone.txt of the link', 'app/gone does not exist and is outside the folder'),
    );
  });

  it('`listFolder` keeps a link to a file that is left out, because the build may create it', async () => {
    await project.write({ 'app/node_modules/t/cli.js': '', 'app/a.txt': '' });
    await project.link('app/tool', 'node_modules/t/cli.js');

    expect(await listed()).toMatchObject({ 'app/tool': '-> node_modules/t/cli.js' });
  });
});

describe('names', () => {
  const bytes = (name: string) => Buffer.from(name, 'latin1');
  const writeRaw = async (name: Buffer) => {
    await project.write({ 'app/a.txt': '' });
    await writeFile(Buffer.concat([Buffer.from(project.at('app/')), name]), '');
  };

  it.each([
    ['a\\b', 'a\\b has a backslash'],
    ['line\nbreak', 'line\\x0abreak has a control character'],
    ['bell\x07', 'bell\\x07 has a control character'],
    ['latin\xe9.txt', 'latin\\xe9.txt has bytes that are not UTF-8'],
  ])('`listFolder` refuses the name %j and names the remedy', async (name, told) => {
    await writeRaw(bytes(name));

    await expect(listed()).rejects.toMatchObject(refusal(`app/${told}`, 'rename it, or leave it out'));
  });

  it.each([
    ['a\\b', 'a?b'],
    ['line\nbreak', 'line*'],
    ['latin\xe9.txt', 'latin*.txt'],
  ])('A pattern may leave out the name %j', async (name, pattern) => {
    await writeRaw(bytes(name));

    const listing = await list({ ignore: [pattern] });
    expect(listing.entries.map((entry) => entry.path)).toEqual(['app/a.txt']);
    expect(await listing.leftOut()).toMatchObject([{ pattern, files: 1 }]);
  });

  it('`listFolder` refuses folders whose names have a backslash, a control character or bytes that are not UTF-8', async () => {
    await project.write({ 'app/a.txt': '' });
    await mkdir(Buffer.concat([Buffer.from(project.at('app/')), bytes('d\xe9')]));

    await expect(listed()).rejects.toMatchObject(refusal('d\\xe9 has bytes that are not UTF-8'));
  });

  it('`listFolder` keeps names with any other character, the replacement character included', async () => {
    await project.write({
      'app/ä — 語 \u{1f600}.txt': '',
      'app/\ufffd.txt': '',
      'app/...': '',
      'app/$(x) `y`': '',
    });

    expect(Object.keys(await listed()).sort()).toEqual(
      ['app/ä — 語 \u{1f600}.txt', 'app/\ufffd.txt', 'app/...', 'app/$(x) `y`'].sort(),
    );
  });

  it('`listFolder` refuses links whose names or targets have a backslash, a control character or bytes that are not UTF-8', async () => {
    await project.write({ 'app/a.txt': '' });
    await project.link('app/x', 'no\\where');

    await expect(listed()).rejects.toMatchObject(
      refusal('The target no\\where of the link', 'app/x has a backslash'),
    );
  });
});

describe('files that are left out', () => {
  it('`leftOut` counts files by folder and pattern', async () => {
    await project.write({
      'app/a.txt': '',
      'app/node_modules/x/index.js': '12345',
      'app/node_modules/x/node_modules/y/index.js': '123',
      'app/sub/node_modules/z.js': '1',
      'app/one.log': '1234567',
    });
    await project.link('app/node_modules/alias', 'x');

    const { leftOut } = await list({ ignore: ['*.log'] });
    const folder = project.at('app');
    expect(await leftOut()).toEqual([
      { folder, pattern: 'node_modules', files: 4, sizeBytes: 5 + 3 + 1 + 'x'.length },
      { folder, pattern: '*.log', files: 1, sizeBytes: 7 },
    ]);
  });

  it('`leftOut` reports patterns as they are written, in `ignore` or a `.gitignore` file', async () => {
    await project.write({ 'app/.gitignore': '/tmp/\n', 'app/tmp/a': 'a', 'app/sub/b.bak': 'b', 'app/c': '' });

    const { leftOut } = await list({ gitignore: true, ignore: ['sub/*.bak'] });
    expect((await leftOut()).map(({ pattern }) => pattern).sort()).toEqual(['/tmp/', 'sub/*.bak']);
  });

  it.each([
    '.venv',
    '.tox',
    '.terraform',
    '__pycache__',
    '.mypy_cache',
    '.pytest_cache',
    '.ruff_cache',
    'cdk.out',
  ])('`listFolder` leaves out %s', async (name) => {
    await project.write({ 'app/a.txt': '', [`app/sub/${name}/x`]: '' });

    expect(Object.keys(await listed())).toEqual(['app/a.txt', 'app/sub']);
  });

  it.each(['dist', 'build', 'my.egg-info', 'venv', 'coverage'])(
    '`listFolder` includes the folder %s',
    async (name) => {
      await project.write({ [`app/sub/${name}/x`]: '' });

      expect(Object.keys(await listed())).toEqual([`app/sub/${name}/x`]);
    },
  );

  it('`listFolder` leaves out virtual environments of any name, whose links lead outside', async () => {
    await project.write({ 'app/a.txt': '', 'app/env-3.12/pyvenv.cfg': '', python3: '' });
    await project.link('app/env-3.12/python', '../../python3');

    const listing = await list();
    expect(listing.entries.map((entry) => entry.path)).toEqual(['app/a.txt']);
    expect(await listing.leftOut()).toMatchObject([{ pattern: 'pyvenv.cfg', files: 2 }]);
  });

  it.each(['!env', '!pyvenv.cfg', '!*'])(
    '`listFolder` includes a virtual environment if `ignore` has %s',
    async (pattern) => {
      await project.write({ 'app/env/pyvenv.cfg': '' });

      expect(Object.keys(await listed({ ignore: [pattern] }))).toEqual(['app/env/pyvenv.cfg']);
    },
  );

  it('`listFolder` leaves out sockets and pipes, and reports them', async () => {
    await project.write({ 'app/a.txt': '' });
    execFileSync('mkfifo', [project.at('app/pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(project.at('app/socket'), resolve));
    try {
      const listing = await list();
      expect(listing.entries.map((entry) => entry.path)).toEqual(['app/a.txt']);
      expect(await listing.leftOut()).toMatchObject([{ pattern: 'sockets, pipes and devices', files: 2 }]);
    } finally {
      server.close();
    }
  });
});

it('`listFolder` lists a folder whose path is a link', async () => {
  await project.write({ 'real/a.txt': '' });
  await project.link('app', 'real');
  expect(Object.keys(await listed())).toEqual(['app/a.txt']);

  await rename(project.at('real'), project.at('moved'));
  await expect(listed()).rejects.toMatchObject(refusal('The folder', 'app is missing'));
});
