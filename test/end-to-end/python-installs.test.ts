import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type Seedkit } from '../../client/index.js';
import { quickPython } from '../quick-python.js';
import { sharedSeedkit } from './local-seedkit.js';
import { writeWheel } from './small-wheel.js';

const PROJECT = path.resolve(import.meta.dirname, '../fixtures/python/project');

/**
 * Python function that returns names and versions of the installed packages. Leaves out those that every virtual
 * environment has.
 */
const INSTALLED = `
def f():
    import importlib.metadata as metadata
    found = {d.metadata["Name"] + "==" + d.version for d in metadata.distributions()}
    return sorted(one for one in found if not one.startswith(("pip==", "setuptools==")))
`;

let folder: string;
/** Folder of wheels that builds can see. */
let index: string;
let kit: Seedkit;
let hash: string;

const at = (name: string) => path.join(folder, name);

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), text);
  }
}

beforeAll(async () => {
  const place = await sharedSeedkit();
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder python '));
  index = await mkdtemp(path.join(place.seenByBuilds, 'index '));
  await writeWheel(index, 'six', '1.15.0');
  hash = await writeWheel(index, 'six', '1.17.0');
  await writeWheel(index, 'iniconfig', '2.3.0');
  await write({ 'plain/m3.py': INSTALLED });
  kit = seedkit(place.name, {
    localModules: { plain: at('plain') },
    environment: {
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: `file://${index.replaceAll(' ', '%20')}`,
      TEST_PYTHON: await quickPython(),
    },
  });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(index, { recursive: true, force: true });
});

describe('Installations of a Python run', () => {
  it('A Python run installs requirements with hashes beside a local project and a module without', async () => {
    await write({ 'hashed.txt': `six==1.17.0 --hash=${hash}\n` });
    const run = await kit.submitPython('m3:f', {
      localModules: { greeting: PROJECT },
      requirementsFiles: { main: at('hashed.txt') },
      pythonModules: ['iniconfig'],
    });

    expect(await run.result()).toEqual(['greeting-tool==1.2.3', 'iniconfig==2.3.0', 'six==1.17.0']);
    const lines = [];
    for await (const { message } of run.logs()) lines.push(message);
    expect(lines.join('\n')).toContain('Looking in links');
  });

  it('A Python run applies constraints to every package and installs none of them by itself', async () => {
    await write({
      'requirements.txt': '-c constraints.txt\nsix\n',
      'constraints.txt': 'six==1.15.0\niniconfig==2.3.0\n',
    });
    await write({ 'later.txt': '-c constraints.txt\n' });

    const values = await Promise.all([
      kit.python('m3:f', {
        requirementsFiles: { main: at('requirements.txt'), pins: at('constraints.txt') },
      }),
      kit.python('m3:f', { requirementsFiles: { main: at('later.txt') }, pythonModules: ['six'] }),
    ]);
    expect(values).toEqual([['six==1.15.0'], ['six==1.15.0']]);
  });

  it('A Python run installs from the nested files, wheels and local projects that its requirements files name', async () => {
    await cp(PROJECT, at('libs/greeting'), { recursive: true });
    await mkdir(at('reqs/wheels'), { recursive: true });
    await writeWheel(at('reqs/wheels'), 'attrs', '99.0');
    await writeWheel(at('reqs/wheels'), 'toml', '98.0');
    await write({
      'base.txt': 'six==1.15.0\n',
      'reqs/dev.txt': [
        '-r ../base.txt # older',
        '--find-links wheels',
        `greeting-tool @ file://${at('libs/greeting').replaceAll(' ', '%20')}`,
        'attrs \\',
        '  ; python_version > "3"',
        `${at('reqs/wheels/toml-98.0-py3-none-any.whl')}`,
        '',
      ].join('\n'),
    });

    expect(await kit.python('m3:f', { requirementsFiles: { main: at('reqs/dev.txt') } })).toEqual([
      'attrs==99.0',
      'greeting-tool==1.2.3',
      'six==1.15.0',
      'toml==98.0',
    ]);
  });

  it('A folder whose pyproject.toml only configures tools is importable as a package', async () => {
    await write({
      'mypkg2/pyproject.toml': '[tool.ruff]\nline-length = 100\n',
      'mypkg2/__init__.py': '',
      'mypkg2/m.py': 'def f():\n    return "p2"\n',
    });

    expect(await kit.python('mypkg2.m:f', { localModules: { mypkg2: at('mypkg2') } })).toBe('p2');
  });

  it('A local project is built with packages from the index that a requirements file names', async () => {
    await write({
      'built/pyproject.toml':
        '[build-system]\nrequires = ["needed-to-build"]\nbuild-backend = "build_wheel_of_src"\nbackend-path = ["."]\n',
      'built/build_wheel_of_src.py': `import needed_to_build\n${await readFile(path.join(PROJECT, 'build_wheel_of_src.py'), 'utf8')}`,
      'built/src/greeting_tool/__init__.py': '',
      'links.txt': '--find-links more\n',
    });
    await mkdir(at('more'));
    await writeWheel(at('more'), 'needed_to_build', '1.0');

    const value = await kit.python('m3:f', {
      localModules: { built: at('built') },
      requirementsFiles: { main: at('links.txt') },
    });
    expect(value).toEqual(['greeting-tool==1.2.3']);
  });
});
