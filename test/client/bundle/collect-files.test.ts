import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { collectFiles } from '../../../client/bundle/collect-files.js';
import { createProjects, type Project } from './project.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
});
afterAll(() => projects.removeAll());

const pathsOf = async (dirs: Record<string, string>, files: Record<string, string> = {}) =>
  (await collectFiles(dirs, files)).map((file) => file.path);

const refusal = (message: RegExp | string) => ({
  code: 'PackFailed',
  message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
});

describe('folders', () => {
  it('are taken along without what is made from them, dotfiles included', async () => {
    await project.write({
      'app/.npmrc': '',
      'app/src/index.ts': '',
      'app/src/dist/index.js': '',
      'app/node_modules/a/index.js': '',
      'app/.git/HEAD': '',
      'app/cdk.out/tree.json': '',
      'app/lib/my.egg-info/PKG-INFO': '',
      'app/builder/keep.txt': '',
    });

    expect(await pathsOf({ code: project.at('app') })).toEqual([
      'code/.npmrc',
      'code/builder/keep.txt',
      'code/src/index.ts',
    ]);
  });

  it('may themselves lie below a folder of an ignored name', async () => {
    await project.write({ 'build/dist/app/index.ts': '' });

    expect(await pathsOf({ code: project.at('build/dist/app') })).toEqual(['code/index.ts']);
  });

  it('have their links inside followed, loops included', async () => {
    await project.write({ 'app/real/a.txt': 'a' });
    await project.link('app/alias', 'real');
    await project.link('app/b.txt', 'real/a.txt');
    await project.link('app/real/up', '..');

    const paths = await pathsOf({ code: project.at('app') });
    expect(paths).toEqual(expect.arrayContaining(['code/alias/a.txt', 'code/b.txt', 'code/real/a.txt']));
    expect(paths.length).toBeLessThan(10);
  });

  it('with a link that leads outside are refused', async () => {
    await project.write({ 'app/a.txt': '', 'secret.txt': '' });
    await project.link('app/leak.txt', '../secret.txt');

    await expect(pathsOf({ code: project.at('app') })).rejects.toMatchObject(
      refusal(/leak\.txt is a link that leads outside of the folder, to .*secret\.txt/),
    );
  });

  it('with a link that leads nowhere are refused', async () => {
    await project.write({ 'app/a.txt': '' });
    await project.link('app/gone.txt', 'nowhere');

    await expect(pathsOf({ code: project.at('app') })).rejects.toMatchObject(refusal('leads nowhere'));
  });

  it('that are missing, empty or no folder are refused', async () => {
    await project.write({ 'a.txt': '', 'only-ignored/dist/a.js': '' });

    await expect(pathsOf({ code: project.at('none') })).rejects.toMatchObject(refusal('none is missing'));
    await expect(pathsOf({ code: project.at('a.txt') })).rejects.toMatchObject(refusal('is not a folder'));
    await expect(pathsOf({ code: project.at('only-ignored') })).rejects.toMatchObject(
      refusal('has no files to take along'),
    );
  });
});

describe('files', () => {
  it('lie where their name says', async () => {
    await project.write({ 'a.txt': '' });

    expect(await pathsOf({}, { 'conf/deep/b.txt': project.at('a.txt') })).toEqual(['conf/deep/b.txt']);
  });

  it('that are missing or folders are refused', async () => {
    await expect(pathsOf({}, { a: project.at('none.txt') })).rejects.toMatchObject(
      refusal('none.txt is missing'),
    );
    await expect(pathsOf({}, { a: project.folder })).rejects.toMatchObject(refusal('is not a file'));
  });

  it.each(['../a', '/a', 'a/../../b', 'a//b', './a', '', 'a\\b', 'a\0b'])(
    'do not leave the bundle by the name %j',
    async (name) => {
      await project.write({ 'a.txt': '' });

      await expect(pathsOf({}, { [name]: project.at('a.txt') })).rejects.toMatchObject(
        refusal('is not a path inside the bundle'),
      );
    },
  );

  it.each(['.codeseeder', '.codeseeder/runner.mjs'])('do not take the place of %s', async (name) => {
    await project.write({ 'a.txt': '' });

    await expect(pathsOf({}, { [name]: project.at('a.txt') })).rejects.toMatchObject(
      refusal("codeseeder's own"),
    );
  });

  it('do not lie where another lies, nor below it', async () => {
    await project.write({ 'app/a.txt': '', 'b.txt': '' });
    const dirs = { code: project.at('app') };

    await expect(pathsOf(dirs, { 'code/a.txt': project.at('b.txt') })).rejects.toMatchObject(
      refusal('code/a.txt is given twice'),
    );
    await expect(pathsOf(dirs, { code: project.at('b.txt') })).rejects.toMatchObject(
      refusal('code is given as a file, and as the folder of code/a.txt'),
    );
  });
});
