import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

import type { LayerEntry } from '../../../../client/bundle/layer/layer.js';
import { collectRequirements } from '../../../../client/bundle/python/collect-requirements.js';
import { packingPlace } from '../../../../client/bundle/python/named.js';
import { createProjects, type Project } from '../project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

const MIRROR = '.codeseeder/python/requirements';
const URL = '${CODESEEDER_BUNDLE_URL}/.codeseeder/python/requirements';
const HASH = '--hash=sha256:aa';

interface Packing {
  readonly given?: readonly string[];
  readonly folder?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly dirs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Returns the text of each collected file by its path in the bundle, without the folder that all paths begin with.
 */
async function collect(project: Project, packing: Packing = {}): Promise<Record<string, string>> {
  const { given = ['requirements.txt'], folder = '.', variables = {}, ...bundled } = packing;
  const place = packingPlace(project.at(folder), variables, bundled);
  const { entries } = await collectRequirements(given.map(project.at), place, {});
  const texts = await Promise.all(
    entries.map(async (entry) => [entry.path.replace('.codeseeder/python/', ''), await textOf(entry)]),
  );
  return Object.fromEntries(texts) as Record<string, string>;
}

async function textOf(entry: LayerEntry): Promise<string> {
  if (entry.kind !== 'file') return entry.kind;
  return 'source' in entry ? readFile(entry.source, 'utf8') : Buffer.from(entry.content).toString();
}

async function aProject(files: Record<string, string>): Promise<Project> {
  const project = await projects.make();
  await project.write(files);
  return project;
}

/** Returns the text of the one requirements file in the bundle. */
async function inBundle(text: string, files: Record<string, string> = {}, packing: Packing = {}) {
  const collected = await collect(await aProject({ 'requirements.txt': text, ...files }), packing);
  return collected['requirements/requirements.txt'];
}

describe('requirements files in a bundle', () => {
  it('A bundle has the requirements files with the files that they name, in the same relative paths', async () => {
    const project = await aProject({
      'reqs/dev.txt': '-r ../base.txt\n-c pins/all.txt\nidna\n',
      'base.txt': 'six\n',
      'reqs/pins/all.txt': '-c ../../more.txt\nidna==3.4\n',
      'more.txt': 'six==1.17.0\n',
      'unnamed.txt': 'attrs\n',
    });

    expect(await collect(project, { given: ['reqs/dev.txt'] })).toEqual({
      'requirements/reqs/dev.txt': '-r ../base.txt\n-c pins/all.txt\nidna\n',
      'requirements/base.txt': 'six\n',
      'requirements/reqs/pins/all.txt': '-c ../../more.txt\nidna==3.4\n',
      'requirements/more.txt': 'six==1.17.0\n',
      'steps/001.txt': '-r ../options.txt\n-r ../requirements/reqs/dev.txt\n',
      'options.txt': '-c constraints.txt\n',
      'constraints.txt': 'six==1.17.0\nidna==3.4\n',
    });
  });

  it('A bundle has the local projects of requirements files without build output, wheels and folders of links', async () => {
    const project = await aProject({
      'requirements.txt':
        './libs/tool[cli] ; python_version > "3"\n-e libs/other\nwheels/a-1-py3-none-any.whl\n-f more\n',
      'libs/tool/pyproject.toml': '',
      'libs/tool/src/tool.py': 'x',
      'libs/tool/dist/tool-1.whl': 'x',
      'libs/tool/.venv/pyvenv.cfg': 'x',
      'libs/tool/src/tool.egg-info/PKG-INFO': 'x',
      'libs/other/setup.py': '',
      'wheels/a-1-py3-none-any.whl': 'a',
      'wheels/b-1-py3-none-any.whl': 'b',
      'more/c-1.tar.gz': 'c',
      'more/notes.txt': 'x',
    });
    const collected = await collect(project);

    expect(
      Object.keys(collected)
        .filter((name) => name.startsWith('requirements/'))
        .sort(),
    ).toEqual([
      'requirements/libs/other/setup.py',
      'requirements/libs/tool/pyproject.toml',
      'requirements/libs/tool/src/tool.py',
      'requirements/more/c-1.tar.gz',
      'requirements/requirements.txt',
      'requirements/wheels/a-1-py3-none-any.whl',
    ]);
    expect(collected['requirements/requirements.txt']?.split('\n')).toEqual([
      `./${MIRROR}/libs/tool[cli] ; python_version > "3"`,
      `--editable ./${MIRROR}/libs/other`,
      `./${MIRROR}/wheels/a-1-py3-none-any.whl`,
      `--find-links ${URL}/more`,
      '',
    ]);
  });

  it('Requirements files keep their line numbers, and every byte if they have no paths', async () => {
    const lines = '# first\r\nsix \\\r\n  --hash=sha256:aa # pinned\r\n';
    const continued = './tool \\\n  --config-settings=a=b\n# after\nsix\n';

    expect(await inBundle(lines)).toBe(lines);
    expect(await inBundle(continued, { 'tool/setup.py': '' })).toBe(
      `./${MIRROR}/tool --config-settings=a=b\n\n# after\nsix\n`,
    );
  });

  it.each([
    ['tool @ file:./libs/tool', `tool @ ${URL}/libs/tool`],
    ['tool[a] @ file:libs/tool ; python_version > "3"', `tool[a] @ ${URL}/libs/tool ; python_version > "3"`],
    ['file:./libs/tool#egg=tool', `${URL}/libs/tool#egg=tool`],
    ['-e file:./libs/tool[dev]', `--editable ${URL}/libs/tool[dev]`],
    ['-e ./libs/with%20blank', `--editable ./${MIRROR}/libs/with%20blank`],
    ['file:./libs/with%20blank', undefined],
    ['tool @ file://${ROOT}/libs/tool', `tool @ ${URL}/libs/tool`],
    ['${ROOT}/libs/tool', `./${MIRROR}/libs/tool`],
    ['-r ${ROOT}/base.txt', '--requirement base.txt'],
    ['-c file://${ROOT}/base.txt', '--constraint base.txt'],
    ['--extra-index-url ./simple', `--extra-index-url ${URL}/simple`],
    ['six==${VERSION}', 'six==1.17.0'],
    ['x @ https://${TOKEN}@example.com/x.whl', 'x @ https://${TOKEN}@example.com/x.whl'],
    ['--index-url https://${TOKEN}@example.com/', '--index-url https://${TOKEN}@example.com/'],
    ['six==${NOT_SET}', 'six==${NOT_SET}'],
    ['-r https://example.com/r.txt', '-r https://example.com/r.txt'],
    ['git+https://example.com/x.git#egg=x', 'git+https://example.com/x.git#egg=x'],
    ['-f ./nowhere', '-f ./nowhere'],
    ['gone-1-py3-none-any.whl ; python_version < "3"', 'gone-1-py3-none-any.whl ; python_version < "3"'],
  ])('The line %s is rewritten to mean the same in the build', async (line, expected) => {
    const project = await aProject({
      'requirements.txt': `${line}\n`,
      'base.txt': '',
      'libs/tool/setup.py': '',
      'libs/with%20blank/setup.py': '',
      'simple/six/index.html': '',
    });
    const variables = { ROOT: project.at('.'), VERSION: '1.17.0', TOKEN: 'sesame' };
    const collected = collect(project, { variables });

    if (expected === undefined) await expect(collected).rejects.toThrow('libs/with blank is missing');
    else expect((await collected)['requirements/requirements.txt']).toBe(`${expected}\n`);
  });

  it('Paths of projects start from the working folder, and those of files from the file, as in pip', async () => {
    const project = await aProject({
      'reqs/dev.txt': './tool\n-r more.txt\n-f wheels\n',
      'reqs/more.txt': '',
      'reqs/wheels/a-1.zip': 'near',
      'tool/setup.py': '',
      'wheels/a-1.zip': 'far',
    });
    const collected = await collect(project, { given: ['reqs/dev.txt'] });

    expect(collected['requirements/reqs/dev.txt']).toBe(
      `./${MIRROR}/tool\n-r more.txt\n--find-links ${URL}/reqs/wheels\n`,
    );
    expect(collected['requirements/reqs/wheels/a-1.zip']).toBe('near');
  });

  it('A requirements file may name its own folder', async () => {
    const project = await aProject({ 'requirements.txt': '-e .\n', 'setup.py': '', 'tool.py': 'x' });

    expect(await collect(project)).toMatchObject({
      'requirements/requirements.txt': `--editable ./${MIRROR}\n`,
      'requirements/setup.py': '',
      'requirements/tool.py': 'x',
    });
  });

  it('A requirements file may name a file of `dirs` and `files`', async () => {
    const project = await aProject({ 'elsewhere/tool/setup.py': '', 'elsewhere/a.whl': '' });
    await project.write({ 'requirements.txt': './vendor/tool\n./a-1-py3-none-any.whl\n-f ./vendor\n' });
    const dirs = { vendor: project.at('elsewhere') };
    const files = { 'a-1-py3-none-any.whl': project.at('elsewhere/a.whl') };

    expect((await collect(project, { dirs, files }))['requirements/requirements.txt']).toBe(
      './vendor/tool\n./a-1-py3-none-any.whl\n--find-links ${CODESEEDER_BUNDLE_URL}/vendor\n',
    );
  });

  it('Requirements files are decoded by their byte order mark, and kept unchanged if they are not UTF-8', async () => {
    const project = await aProject({ 'tool/setup.py': '' });
    await writeFile(project.at('requirements.txt'), '\ufeff./tool # é\r\n', 'utf16le');
    expect((await collect(project))['requirements/requirements.txt']).toBe(`./${MIRROR}/tool\n`);

    await writeFile(project.at('requirements.txt'), '# \xe9\n./tool\n', 'latin1');
    const place = packingPlace(project.at('.'), {}, {});
    const { entries } = await collectRequirements([project.at('requirements.txt')], place, {});
    const entry = entries.find((one) => one.path === `${MIRROR}/requirements.txt`);
    expect(entry !== undefined && 'content' in entry && Buffer.from(entry.content).toString('latin1')).toBe(
      `# \xe9\n./${MIRROR}/tool\n`,
    );
  });

  it.each([
    ['six\n-r gone.txt', 'line 2: gone.txt is missing'],
    ['-c gone.txt', 'line 1: gone.txt is missing'],
    ['# a\n\n./gone', 'line 3: ./gone is missing; a relative path starts from the working folder'],
    ['-e gone/', 'line 1: gone/ is missing'],
    ['tool @ file:///gone/tool', 'line 1: /gone/tool is missing'],
    ['./empty', 'has neither setup.py nor pyproject.toml, so pip cannot install it'],
    ['git+file:///srv/x.git#egg=x', 'is a repository on this machine; name its folder without git+file:'],
    ['-e git+file:./x', 'is a repository on this machine'],
  ])('Requirements with %j are refused with file and line', async (text, message) => {
    const project = await aProject({ 'reqs/dev.txt': text, 'empty/notes.txt': '' });

    const collected = collect(project, { given: ['reqs/dev.txt'] });
    await expect(collected).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining(message),
    });
    await expect(collected).rejects.toThrow(path.join('reqs', 'dev.txt, line '));
  });
});

describe('the steps of an installation', () => {
  it('`installSteps` puts each file with hashes into its own step before all others, in their order', async () => {
    const project = await aProject({
      'a.txt': 'six\n',
      'b.txt': `-r b-pins.txt\n`,
      'b-pins.txt': `idna==3.4 ${HASH}\n`,
      'c.txt': '--require-hashes\nattrs\n',
      'd.txt': 'toml\n',
    });
    const collected = await collect(project, { given: ['d.txt', 'a.txt', 'c.txt', 'b.txt', './a.txt'] });

    expect(Object.keys(collected).filter((name) => name.startsWith('steps/'))).toHaveLength(3);
    expect(collected).toMatchObject({
      'steps/001.txt': '-r ../options.txt\n-r ../requirements/c.txt\n',
      'steps/002.txt': '-r ../options.txt\n-r ../requirements/b.txt\n',
      'steps/003.txt': '-r ../options.txt\n-r ../requirements/d.txt\n-r ../requirements/a.txt\n',
    });
  });

  it('Each step has the constraints without hashes and the indexes of all files', async () => {
    const project = await aProject({
      'a.txt': `--index-url https://a.example.com/simple\n-c pins.txt\nsix\n`,
      'b.txt':
        '--no-index\n--find-links ./wheels --trusted-host b\n--pre\n-c https://example.com/c.txt\ntool\n',
      'pins.txt': `six==1.17.0 ${HASH} ; python_version > "3"\n./wheels/a-1.zip\n-r more.txt\n`,
      'more.txt': 'idna\n',
      'wheels/a-1.zip': '',
    });
    const collected = await collect(project, { given: ['a.txt', 'b.txt'] });

    expect(collected['options.txt']?.split('\n')).toEqual([
      '--index-url https://a.example.com/simple',
      '--no-index',
      `--find-links ${URL}/wheels`,
      '--trusted-host b',
      '-c constraints.txt',
      '',
    ]);
    expect(collected['constraints.txt']?.split('\n')).toEqual([
      'six==1.17.0',
      `./${MIRROR}/wheels/a-1.zip`,
      '--constraint https://example.com/c.txt',
      '',
    ]);
  });

  it('`installSteps` leaves out a file that another one names as its constraints', async () => {
    const project = await aProject({ 'a.txt': '-c pins.txt\nsix\n', 'pins.txt': 'six==1.17.0\nidna==3\n' });
    const collected = await collect(project, { given: ['pins.txt', 'a.txt'] });

    expect(collected['steps/001.txt']).toBe('-r ../options.txt\n-r ../requirements/a.txt\n');
  });
});
