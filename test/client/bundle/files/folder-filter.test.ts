import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { collectFiles } from '../../../../client/bundle/files/collect-files.js';
import type { IgnoreRules } from '../../../../client/bundle/files/folder-filter.js';
import { createProjects, type Project } from '../project.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
});
afterAll(() => projects.removeAll());

const taken = async (rules: IgnoreRules, folder = 'app') =>
  (await collectFiles({ app: project.at(folder) }, {}, rules)).entries
    .filter((entry) => entry.kind === 'file')
    .map((file) => file.path.slice('app/'.length));

const APP = {
  'app/a.ts': '',
  'app/a.log': '',
  'app/cdk.out/a.js': '',
  'app/cdk.out/a.log': '',
  'app/node_modules/b/index.js': '',
  'app/sub/b.log': '',
  'app/sub/b.ts': '',
};

describe('the option ignore', () => {
  it('`folderFilter` also leaves out files that match `ignore`', async () => {
    await project.write(APP);

    expect(await taken({ ignore: ['*.log', '/a.ts'] })).toEqual(['sub/b.ts']);
  });

  it('`folderFilter` includes an ignored folder that `ignore` negates', async () => {
    await project.write(APP);

    expect(await taken({ ignore: ['!cdk.out'] })).toEqual([
      'a.log',
      'a.ts',
      'cdk.out/a.js',
      'cdk.out/a.log',
      'sub/b.log',
      'sub/b.ts',
    ]);
  });

  it('`folderFilter` drops all patterns before `!*`', async () => {
    await project.write(APP);

    expect(await taken({ ignore: ['!*', 'sub'] })).toEqual([
      'a.log',
      'a.ts',
      'cdk.out/a.js',
      'cdk.out/a.log',
      'node_modules/b/index.js',
    ]);
  });

  it('`folderFilter` distinguishes upper and lower case', async () => {
    await project.write({ 'app/CDK.out/a.ts': '', 'app/cdk.out/a.ts': '' });

    expect(await taken({})).toEqual(['CDK.out/a.ts']);
  });

  it('A link to a path outside the folder may be left out', async () => {
    await project.write({ ...APP, 'secret.txt': '' });
    await project.link('app/secret', project.at('secret.txt'));

    expect(await taken({ ignore: ['secret', '*.log'] })).toEqual(['a.ts', 'sub/b.ts']);
  });
});

describe('.gitignore files', () => {
  it('`folderFilter` applies `.gitignore` files only if `gitignore` is set', async () => {
    await project.write({ ...APP, 'app/.gitignore': '*.log\n' });

    expect(await taken({})).toContain('a.log');
    expect(await taken({ gitignore: true })).toEqual(['.gitignore', 'a.ts', 'sub/b.ts']);
  });

  it('The `.gitignore` of a subfolder applies to it and overrides those above', async () => {
    await project.write({
      ...APP,
      'app/.gitignore': '# logs\r\n*.log\r\n\r\n',
      'app/sub/.gitignore': '!b.log\n/b.ts\n',
      'app/sub/deeper/b.ts': '',
    });

    expect(await taken({ gitignore: true })).toEqual([
      '.gitignore',
      'a.ts',
      'sub/.gitignore',
      'sub/b.log',
      'sub/deeper/b.ts',
    ]);
  });

  it('The `.gitignore` files of folders above apply up to the repository, but never to the folder itself', async () => {
    await project.write({
      '.gitignore': 'a.ts\n',
      'repository/.git/HEAD': '',
      'repository/.gitignore': 'made here\n/made here/app/sub\n',
      'repository/made here/.gitignore': '*.log\n',
      ...Object.fromEntries(
        Object.entries(APP).map(([file, text]) => [`repository/made here/${file}`, text]),
      ),
    });

    expect(await taken({ gitignore: true }, 'repository/made here/app')).toEqual(['a.ts']);
  });

  it('`ignore` overrides `.gitignore` files, also inside a folder that a pattern of `ignore` includes again', async () => {
    await project.write({ ...APP, 'app/.gitignore': 'cdk.out\n*.log\nsub/\n' });

    expect(await taken({ gitignore: true, ignore: ['!cdk.out', '!/a.log'] })).toEqual([
      '.gitignore',
      'a.log',
      'a.ts',
      'cdk.out/a.js',
    ]);
  });

  it('A `.gitignore` cannot include files that are left out of every folder', async () => {
    await project.write({ ...APP, 'app/.gitignore': '!node_modules\n!cdk.out\n' });

    expect(await taken({ gitignore: true })).not.toContain('cdk.out/a.js');
  });
});
