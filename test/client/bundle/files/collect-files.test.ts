import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { collectFiles } from '../../../../client/bundle/files/collect-files.js';
import { createProjects, type Project } from '../project.js';

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

describe('the folders of dirs', () => {
  it('`collectFiles` lists a folder with dotfiles and build output, but without packages, history and caches', async () => {
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

  it('`collectFiles` lists a folder below a folder with an ignored name', async () => {
    await project.write({ 'cdk.out/node_modules/app/index.ts': '' });

    expect(await pathsOf({ code: project.at('cdk.out/node_modules/app') })).toEqual(['code/index.ts']);
  });

  it('`collectFiles` refuses a folder that is missing, empty or a file', async () => {
    await project.write({ 'a.txt': '', 'only-ignored/node_modules/a.js': '' });

    await expect(pathsOf({ code: project.at('none') })).rejects.toMatchObject(refusal('none is missing'));
    await expect(pathsOf({ code: project.at('a.txt') })).rejects.toMatchObject(refusal('is not a folder'));
    await expect(pathsOf({ code: project.at('only-ignored') })).rejects.toMatchObject(
      refusal('has no files to include'),
    );
  });
});

describe('the files of files', () => {
  it('`collectFiles` lists a file under the path of its key', async () => {
    await project.write({ 'a.txt': '' });

    expect(await pathsOf({}, { 'conf/deep/b.txt': project.at('a.txt') })).toEqual(['conf/deep/b.txt']);
  });

  it('`collectFiles` refuses a file that is missing or a folder', async () => {
    await expect(pathsOf({}, { a: project.at('none.txt') })).rejects.toMatchObject(
      refusal('none.txt is missing'),
    );
    await expect(pathsOf({}, { a: project.folder })).rejects.toMatchObject(refusal('is not a file'));
  });

  it.each(['../a', '/a', 'a/../../b', 'a//b', './a', '', 'a\\b', 'a\0b'])(
    '`collectFiles` refuses the name %j, which is not a path inside the bundle',
    async (name) => {
      await project.write({ 'a.txt': '' });

      await expect(pathsOf({}, { [name]: project.at('a.txt') })).rejects.toMatchObject(
        refusal('is not a path inside the bundle'),
      );
    },
  );

  it.each(['.codeseeder', '.codeseeder/runner.mjs'])(
    '`collectFiles` refuses the name %s, which codeseeder uses itself',
    async (name) => {
      await project.write({ 'a.txt': '' });

      await expect(pathsOf({}, { [name]: project.at('a.txt') })).rejects.toMatchObject(
        refusal('which codeseeder uses itself'),
      );
    },
  );

  it('`collectFiles` refuses a file below a link', async () => {
    await project.write({ 'app/real/a.txt': '', 'b.txt': '' });
    await project.link('app/alias', 'real');

    await expect(
      pathsOf({ code: project.at('app') }, { 'code/alias/b.txt': project.at('b.txt') }),
    ).rejects.toMatchObject(refusal('code/alias would be both a link and the folder of code/alias/b.txt'));
  });

  it('`collectFiles` refuses two files with the same path, and a file whose path is below that of another file', async () => {
    await project.write({ 'app/a.txt': '', 'b.txt': '' });
    const dirs = { code: project.at('app') };

    await expect(pathsOf(dirs, { 'code/a.txt': project.at('b.txt') })).rejects.toMatchObject(
      refusal('would be code/a.txt in the bundle'),
    );
    await expect(pathsOf(dirs, { code: project.at('b.txt') })).rejects.toMatchObject(
      refusal('code would be both a file and the folder of code/a.txt'),
    );
  });
});
