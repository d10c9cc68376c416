import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { collectFiles } from '../../../client/bundle/collect-files.js';
import type { IgnoreRules } from '../../../client/bundle/folder-filter.js';
import { createProjects, type Project } from './project.js';

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

describe('what is left out of folders', () => {
  it('has the patterns of the option added', async () => {
    await project.write(APP);

    expect(await taken({ ignore: ['*.log', '/a.ts'] })).toEqual(['sub/b.ts']);
  });

  it('has a folder that is left out by itself taken back', async () => {
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

  it('is replaced by a list that starts with taking back everything', async () => {
    await project.write(APP);

    expect(await taken({ ignore: ['!*', 'sub'] })).toEqual([
      'a.log',
      'a.ts',
      'cdk.out/a.js',
      'cdk.out/a.log',
      'node_modules/b/index.js',
    ]);
  });

  it('tells upper and lower case apart', async () => {
    await project.write({ 'app/CDK.out/a.ts': '', 'app/cdk.out/a.ts': '' });

    expect(await taken({})).toEqual(['CDK.out/a.ts']);
  });

  it('may lead outside of the folder', async () => {
    await project.write({ ...APP, 'secret.txt': '' });
    await project.link('app/secret', project.at('secret.txt'));

    expect(await taken({ ignore: ['secret', '*.log'] })).toEqual(['a.ts', 'sub/b.ts']);
  });
});

describe('.gitignore files', () => {
  it('count only where that is asked for', async () => {
    await project.write({ ...APP, 'app/.gitignore': '*.log\n' });

    expect(await taken({})).toContain('a.log');
    expect(await taken({ gitignore: true })).toEqual(['.gitignore', 'a.ts', 'sub/b.ts']);
  });

  it('of folders below hold there, and take back what those above leave out', async () => {
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

  it('of the folders above count up to the repository, yet never against the folder itself', async () => {
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

  it('leave the last word to the option, below a folder that it takes back too', async () => {
    await project.write({ ...APP, 'app/.gitignore': 'cdk.out\n*.log\nsub/\n' });

    expect(await taken({ gitignore: true, ignore: ['!cdk.out', '!/a.log'] })).toEqual([
      '.gitignore',
      'a.log',
      'a.ts',
      'cdk.out/a.js',
    ]);
  });

  it('cannot take back what is left out of every folder', async () => {
    await project.write({ ...APP, 'app/.gitignore': '!node_modules\n!cdk.out\n' });

    expect(await taken({ gitignore: true })).not.toContain('cdk.out/a.js');
  });
});
