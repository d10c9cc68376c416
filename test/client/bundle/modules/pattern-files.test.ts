import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { doubtAbout } from '../../../../client/bundle/modules/doubts.js';
import type { ReferenceUse } from '../../../../client/bundle/modules/analysis/module-findings.js';
import {
  findPatternFiles,
  MAX_GUESSED_FILES,
  type PatternFiles,
} from '../../../../client/bundle/modules/pattern-files.js';
import { createProjects, type Project } from '../project.js';
import { findingsOf } from './analysis/findings.js';

const projects = createProjects();
let project: Project;

beforeAll(async () => {
  project = await projects.make();
  const files = [
    'package.json',
    '.env',
    'src/main.ts',
    'src/data.sql',
    'src/sql/a.sql',
    'src/sql/b.sql',
    'src/sql/deep/c.sql',
    'src/sql/.hidden.sql',
    'src/plug/a.ts',
    'src/plug/a.d.ts',
    'src/plug/b.mts',
    'src/plug/c.js',
    'src/plug/read.me',
    'src/plug/more/index.cts',
    'src/view.tsx',
    'src/both.js',
    'src/both.ts',
    'src/(odd) [name]+.txt',
    'templates/en/hello.txt',
    'templates/en/.keep',
    'templates/de/hello.txt',
    'templates/node_modules/x/index.js',
    'node_modules/pkg/x.sql',
  ];
  await project.write(Object.fromEntries(files.map((file) => [file, file])));
});
afterAll(() => projects.removeAll());

/**
 * Finds the files that match a pattern.
 * @param pattern relative to the project; `*` stands for a part that is not known
 */
async function found(pattern: string, use: ReferenceUse = 'file', in_ = project): Promise<PatternFiles> {
  const parts = path.posix
    .join(in_.folder, pattern)
    .split(/(\*)/)
    .filter((part) => part !== '')
    .map((part) => (part === '*' ? null : part));
  return findPatternFiles({ kind: 'path', parts }, { root: in_.folder, use });
}

async function namesOf(pattern: string, use?: ReferenceUse): Promise<string[]> {
  return (await found(pattern, use)).files.map((file) => path.relative(project.folder, file));
}

describe('findPatternFiles for a pattern without unknown parts', () => {
  it.each<[string, ReferenceUse, string[]]>([
    ['src/data.sql', 'file', ['src/data.sql']],
    ['src/(odd) [name]+.txt', 'file', ['src/(odd) [name]+.txt']],
    ['src/missing.sql', 'file', []],
    ['templates', 'folder', ['templates/de/hello.txt', 'templates/en/.keep', 'templates/en/hello.txt']],
    ['templates/en/', 'file', ['templates/en/.keep', 'templates/en/hello.txt']],
    ['node_modules/pkg/x.sql', 'file', ['node_modules/pkg/x.sql']],
    ['src/plug/a.js', 'import', ['src/plug/a.ts']],
    ['src/plug/a.js', 'file', []],
    ['src/plug/b.mjs', 'worker', ['src/plug/b.mts']],
    ['src/plug/more/index.cjs', 'fork', ['src/plug/more/index.cts']],
    ['src/view.jsx', 'import', ['src/view.tsx']],
    ['src/plug/c', 'require', ['src/plug/c.js']],
    ['src/plug/more', 'require', ['src/plug/more/index.cts']],
    ['src/both.js', 'import', ['src/both.js']],
    ['src/plug/c', 'file', ['src/plug/c.js']],
    ['node_modules/pkg', 'file', ['node_modules/pkg/x.sql']],
    ['node_modules', 'file', []],
  ])('The pattern %s used as %s means %j', async (pattern, use, files) => {
    expect(await namesOf(pattern, use)).toEqual(files);
    expect((await found(pattern, use)).isExact).toBe(true);
  });

  it('A pattern may name a file above the project, but not the folder above it', async () => {
    const inner = { ...project, folder: project.at('src') };
    expect((await found('../package.json', 'file', inner)).files).toEqual([project.at('package.json')]);
    expect(await found('..', 'folder', inner)).toMatchObject({ files: [], isTooWide: true });
    expect((await found('../templates/en', 'folder', inner)).files).toHaveLength(2);
  });

  it('A pattern for the whole project means its files without those that begin with a dot', async () => {
    const names = await namesOf('.');
    expect(names).toContain('templates/en/hello.txt');
    expect(names).not.toContain('.env');
    expect(names.filter((name) => name.includes('node_modules'))).toEqual([]);
  });

  it('A pattern may name an empty folder', async () => {
    const other = await projects.make();
    expect(await found('.', 'folder', other)).toMatchObject({ files: [], folders: [other.folder] });
  });
});

describe('findPatternFiles for a path with placeholders', () => {
  const both = ['templates/de/hello.txt', 'templates/en/hello.txt'];
  const filesOf = async (file: string, use: ReferenceUse) =>
    (
      await findPatternFiles({ kind: 'path', parts: [project.at(file)] }, { root: project.folder, use })
    ).files.map((found) => path.relative(project.folder, found));

  it.each<[string, ReferenceUse, string[]]>([
    ['templates/{{lng}}/{{ns}}.txt', 'file', both],
    ['templates/{locale}/hello.txt', 'file', both],
    ['templates/[lang]/hello.txt', 'file', both],
    ['templates/%s/hello.txt', 'file', both],
    ['templates/**/*.txt', 'file', both],
    ['src/sql/*.sql', 'file', ['src/sql/a.sql', 'src/sql/b.sql', 'src/sql/deep/c.sql']],
    ['src/{{name}}.csv', 'file', []],
    ['src/(odd) [name]+.txt', 'file', ['src/(odd) [name]+.txt']],
    ['src/plug/[x].js', 'import', []],
  ])('The path %s used as %s means %j', async (file, use, files) => {
    expect(await filesOf(file, use)).toEqual(files);
  });
});

describe('findPatternFiles for a pattern with unknown parts', () => {
  it.each<[string, ReferenceUse, string[]]>([
    ['src/sql/*.sql', 'file', ['src/sql/a.sql', 'src/sql/b.sql', 'src/sql/deep/c.sql']],
    ['src/sql/*', 'file', ['src/sql/a.sql', 'src/sql/b.sql', 'src/sql/deep/c.sql']],
    ['src/sq*', 'file', ['src/sql/a.sql', 'src/sql/b.sql', 'src/sql/deep/c.sql']],
    ['src/d*.sql', 'file', ['src/data.sql']],
    ['templates/*/hello.txt', 'file', ['templates/de/hello.txt', 'templates/en/hello.txt']],
    ['templates/*e', 'file', ['templates/de/hello.txt']],
    ['src/plug/*.js', 'import', ['src/plug/a.ts', 'src/plug/c.js']],
    ['src/plug/*', 'import', ['src/plug/a.ts', 'src/plug/b.mts', 'src/plug/c.js', 'src/plug/more/index.cts']],
    [
      'src/plug/*',
      'file',
      [
        'src/plug/a.d.ts',
        'src/plug/a.ts',
        'src/plug/b.mts',
        'src/plug/c.js',
        'src/plug/more/index.cts',
        'src/plug/read.me',
      ],
    ],
    ['src/nothing/*.js', 'import', []],
  ])('The pattern %s used as %s matches %j', async (pattern, use, files) => {
    expect(await namesOf(pattern, use)).toEqual(files);
    expect((await found(pattern, use)).isExact).toBe(false);
  });

  it('A pattern with unknown parts matches nothing outside the project', async () => {
    const inner = { ...project, folder: project.at('src') };
    expect(await found('../templates/*', 'file', inner)).toMatchObject({ files: [], isTooWide: true });
  });

  it('A pattern that matches too many files is too wide', async () => {
    const large = await projects.make();
    const files = Array.from({ length: MAX_GUESSED_FILES + 1 }, (_, index) => [`data/${index}.txt`, '']);
    await large.write(Object.fromEntries(files) as Record<string, string>);
    expect(await found('*', 'file', large)).toMatchObject({ files: [], isTooWide: true });
    expect((await found('data/1*', 'file', large)).files).toHaveLength(112);
    expect((await found('data', 'file', large)).files).toHaveLength(MAX_GUESSED_FILES + 1);
  });

  it("A module pattern that begins in the project's folder means only modules directly in it, and is too wide", async () => {
    const flat = await projects.make();
    await flat.write({ 'main.ts': '', 'a.ts': '', 'data.sql': '' });
    const near = [flat.at('a.ts'), flat.at('main.ts')];
    expect(await found('*.js', 'import', flat)).toMatchObject({ files: near, isTooWide: false });
    await flat.write({ 'test/a.test.ts': '', 'test/x.sql': '' });
    expect(await found('*.js', 'import', flat)).toMatchObject({ files: near, isTooWide: true });
    expect((await found('*.sql', 'file', flat)).files).toHaveLength(2);
  });

  it.each(['node_modules/*.js', 'node_modules/pkg/*', '.git/*'])(
    'The pattern %s is too wide',
    async (pattern) => {
      expect(await found(pattern, 'import')).toMatchObject({ files: [], isTooWide: true });
    },
  );

  it('The search for a pattern ends at a link to a visited folder', async () => {
    const looped = await projects.make();
    await looped.write({ 'a/b/x.txt': '', 'c/y.txt': '' });
    await looped.link('a/b/up', '..');
    await looped.link('a/c', '../c');
    await looped.link('a/gone', 'nowhere');
    expect((await found('a/*', 'file', looped)).files).toEqual([
      looped.at('a/b/x.txt'),
      looped.at('a/c/y.txt'),
    ]);
  });
});

describe('doubtAbout', () => {
  let small: Project;
  beforeEach(async () => {
    small = await projects.make();
    await small.write({ 'src/x.sql': '', 'package.json': '{}' });
  });

  async function doubts(text: string): Promise<(string | undefined)[]> {
    const { references } = findingsOf(text);
    return Promise.all(
      references.map(async (reference) => {
        const parts = reference.pattern?.parts.map((part) => part?.replace('/project', small.folder) ?? null);
        const pattern = parts && { kind: reference.pattern?.kind ?? 'path', parts };
        const files =
          pattern && (await findPatternFiles(pattern, { root: small.folder, use: reference.use }));
        return doubtAbout({ ...reference, pattern }, files, small.folder);
      }),
    );
  }

  it.each([
    [
      'an unknown module',
      'export const f = (n) => import(n)',
      'import(n) names a module that is known only at run time',
    ],
    [
      'an unknown package',
      'export const f = (n) => import(`x-${n}`)',
      'names a module that is known only at run time',
    ],
    [
      'a file that does not exist',
      `read(__dirname + '/y.sql')`,
      `__dirname + '/y.sql' names src/y.sql, which does not exist here`,
    ],
    [
      'a pattern that matches nothing',
      'export const f = (n) => import(`./plug/${n}.js`)',
      'names src/plug/*.js, which does not exist here',
    ],
    [
      'any file outside the project',
      `import path from 'path'; export const f = (n) => read(path.join(__dirname, '../..', n))`,
      'because they are outside the project',
    ],
    [
      'the path of the module passed to unknown code',
      'load(__dirname)',
      "passes this module's path to code that may read files beside it",
    ],
  ])('`doubtAbout` warns of %s', async (_, text, expected) => {
    expect(await doubts(text)).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    ['a file that exists', `read(__dirname + '/x.sql')`],
    ['a pattern that matches', 'export const f = (n) => read(`${__dirname}/${n}.sql`)'],
    ['a package', `import.meta.resolve('ws')`],
    ['a folder whose existence is checked', `import fs from 'fs'; fs.existsSync('node_modules')`],
    ['a file that may be missing', `import fs from 'fs'; fs.existsSync(__dirname + '/y.sql')`],
  ])('`doubtAbout` does not warn of %s', async (_, text) => {
    expect(await doubts(text)).toEqual([undefined]);
  });
});
