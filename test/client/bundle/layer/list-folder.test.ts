import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { IgnoreRules } from '../../../../client/bundle/folder-filter.js';
import { listFolder } from '../../../../client/bundle/layer/list-folder.js';
import { createProjects, type Project } from '../project.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
});
afterAll(() => projects.removeAll());

const list = (rules: IgnoreRules = {}) => listFolder({ place: 'app', folder: project.at('app'), rules });

/** Path -> kind and target or mode, in short. */
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
  it('are listed with the modes they have', async () => {
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

  it('that are empty are listed, and those that are empty because all in them is left out', async () => {
    await project.write({ 'app/a.txt': '', 'app/src/__pycache__/a.pyc': '' });
    await mkdir(project.at('app/logs/old'), { recursive: true });

    expect(await listed()).toMatchObject({ 'app/logs/old': 'folder 755', 'app/src': 'folder 755' });
  });

  it('keep the mode of the folder that was given', async () => {
    await project.write({ 'app/a.txt': '' });
    await chmod(project.at('app'), 0o750);

    expect(await listed()).toMatchObject({ app: 'folder 750' });
  });
});

describe('links', () => {
  it('that stay inside keep their targets, so that what starts from them works', async () => {
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

  it('are not followed: a folder behind a link is not listed twice, and a loop ends', async () => {
    await project.write({ 'app/real/a.txt': '' });
    await project.link('app/alias', 'real');
    await project.link('app/real/up', '..');
    await project.link('app/itself', 'itself');

    expect(Object.keys(await listed())).toEqual(['app/alias', 'app/itself', 'app/real/a.txt', 'app/real/up']);
  });

  it('with an absolute target, or one that leaves the folder on its way, lead to the same place from inside', async () => {
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

  it('with an absolute target through a link to the folder lead to the same place from inside', async () => {
    await project.write({ 'app/lib/x.js': '' });
    await project.link('alias', 'app');
    await project.link('app/x', project.at('alias/lib/x.js'));

    expect(await listed()).toMatchObject({ 'app/x': '-> lib/x.js' });
  });

  it('whose target goes up after a link count from where that link leads', async () => {
    await project.write({ 'app/b/c/z': '', 'app/b/y': '', 'outer/d/z': '', 'outer/y': '' });
    await project.link('app/a', 'b/c');
    await project.link('app/x', 'a/../y');
    expect(await listed()).toMatchObject({ 'app/x': '-> a/../y' });

    await project.link('app/leaves', '../outer/d');
    await project.link('app/z', 'leaves/../y');
    await expect(listed({ ignore: ['leaves'] })).rejects.toMatchObject(
      refusal('app/z is a link that leads outside of the folder, to', 'outer/y'),
    );
  });

  it('to other links keep leading there', async () => {
    await project.write({ 'app/v1/x': '' });
    await project.link('app/current', 'v1');
    await project.link('app/x', project.at('app/current'));

    expect(await listed()).toMatchObject({ 'app/current': '-> v1', 'app/x': '-> current' });
  });

  it('that lead outside are refused, with what to do, unless a pattern leaves them out', async () => {
    await project.write({ 'app/a.txt': '', 'secret.txt': '' });
    await project.link('app/leak', '../secret.txt');

    await expect(listed()).rejects.toMatchObject(
      refusal('app/leak is a link that leads outside of the folder, to', 'secret.txt', 'leave the link out'),
    );
    expect(Object.keys(await listed({ ignore: ['leak'] }))).toEqual(['app/a.txt']);
  });

  it('that lead nowhere are kept where the target would be inside, and refused otherwise', async () => {
    await project.write({ 'app/a.txt': '' });
    await project.link('app/later', 'made/later.txt');
    await project.link('app/absolute', project.at('app/made/later.txt'));
    expect(await listed()).toMatchObject({
      'app/later': '-> made/later.txt',
      'app/absolute': '-> made/later.txt',
    });

    await project.link('app/gone', '../gone.txt');
    await expect(listed()).rejects.toMatchObject(
      refusal('The link', 'app/gone leads nowhere: ../gone.txt is missing and outside of the folder'),
    );
  });

  it('into what is left out are kept: the build may make it', async () => {
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
  ])('such as %j are refused, with what to do', async (name, told) => {
    await writeRaw(bytes(name));

    await expect(listed()).rejects.toMatchObject(refusal(`app/${told}`, 'rename it, or leave it out'));
  });

  it.each([
    ['a\\b', 'a?b'],
    ['line\nbreak', 'line*'],
    ['latin\xe9.txt', 'latin*.txt'],
  ])('such as %j may be left out by a pattern', async (name, pattern) => {
    await writeRaw(bytes(name));

    const listing = await list({ ignore: [pattern] });
    expect(listing.entries.map((entry) => entry.path)).toEqual(['app/a.txt']);
    expect(await listing.leftOut()).toMatchObject([{ pattern, files: 1 }]);
  });

  it('of folders are judged, too', async () => {
    await project.write({ 'app/a.txt': '' });
    await mkdir(Buffer.concat([Buffer.from(project.at('app/')), bytes('d\xe9')]));

    await expect(listed()).rejects.toMatchObject(refusal('d\\xe9 has bytes that are not UTF-8'));
  });

  it('with any other character are kept, the replacement character included', async () => {
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

  it('of links and their targets are judged, too', async () => {
    await project.write({ 'app/a.txt': '' });
    await project.link('app/x', 'no\\where');

    await expect(listed()).rejects.toMatchObject(
      refusal('The target no\\where of the link', 'app/x has a backslash'),
    );
  });
});

describe('what is left out', () => {
  it('is counted by folder and pattern', async () => {
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

  it('is told by the pattern as it was written, in an option or a .gitignore file', async () => {
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
  ])('has %s', async (name) => {
    await project.write({ 'app/a.txt': '', [`app/sub/${name}/x`]: '' });

    expect(Object.keys(await listed())).toEqual(['app/a.txt', 'app/sub']);
  });

  it.each(['dist', 'build', 'my.egg-info', 'venv', 'coverage'])('has no folder %s', async (name) => {
    await project.write({ [`app/sub/${name}/x`]: '' });

    expect(Object.keys(await listed())).toEqual([`app/sub/${name}/x`]);
  });

  it('has virtual environments of any name, whose links lead outside', async () => {
    await project.write({ 'app/a.txt': '', 'app/env-3.12/pyvenv.cfg': '', python3: '' });
    await project.link('app/env-3.12/python', '../../python3');

    const listing = await list();
    expect(listing.entries.map((entry) => entry.path)).toEqual(['app/a.txt']);
    expect(await listing.leftOut()).toMatchObject([{ pattern: 'pyvenv.cfg', files: 2 }]);
  });

  it.each(['!env', '!pyvenv.cfg', '!*'])('has no virtual environment that %s takes back', async (pattern) => {
    await project.write({ 'app/env/pyvenv.cfg': '' });

    expect(Object.keys(await listed({ ignore: [pattern] }))).toEqual(['app/env/pyvenv.cfg']);
  });

  it('has sockets and pipes, and says so', async () => {
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

it('a folder that is given by a link is listed', async () => {
  await project.write({ 'real/a.txt': '' });
  await project.link('app', 'real');
  expect(Object.keys(await listed())).toEqual(['app/a.txt']);

  await rename(project.at('real'), project.at('moved'));
  await expect(listed()).rejects.toMatchObject(refusal('The folder', 'app is missing'));
});
