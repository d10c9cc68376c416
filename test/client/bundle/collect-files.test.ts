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
  (await collectFiles(dirs, files)).entries.map((entry) => entry.path);

const refusal = (message: RegExp | string) => ({
  code: 'PackFailed',
  message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
});

describe('folders', () => {
  it('are taken along without packages, history and caches, but with dotfiles and what was built', async () => {
    await project.write({
      'app/.npmrc': '',
      'app/src/index.ts': '',
      'app/src/dist/index.js': '',
      'app/node_modules/a/index.js': '',
      'app/.git/HEAD': '',
      'app/cdk.out/tree.json': '',
      'app/lib/my.egg-info/PKG-INFO': '',
      'app/build/out.js': '',
      'app/src/__pycache__/a.pyc': '',
      'app/builder/keep.txt': '',
    });

    expect(await pathsOf({ code: project.at('app') })).toEqual([
      'code/.npmrc',
      'code/build/out.js',
      'code/builder/keep.txt',
      'code/lib/my.egg-info/PKG-INFO',
      'code/src/dist/index.js',
      'code/src/index.ts',
    ]);
  });

  it('may themselves lie below a folder of an ignored name', async () => {
    await project.write({ 'cdk.out/node_modules/app/index.ts': '' });

    expect(await pathsOf({ code: project.at('cdk.out/node_modules/app') })).toEqual(['code/index.ts']);
  });

  it('that are missing, empty or no folder are refused', async () => {
    await project.write({ 'a.txt': '', 'only-ignored/node_modules/a.js': '' });

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

  it('do not lie below a link', async () => {
    await project.write({ 'app/real/a.txt': '', 'b.txt': '' });
    await project.link('app/alias', 'real');

    await expect(
      pathsOf({ code: project.at('app') }, { 'code/alias/b.txt': project.at('b.txt') }),
    ).rejects.toMatchObject(refusal('code/alias is given as a link, and as the folder of code/alias/b.txt'));
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
