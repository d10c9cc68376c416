import { afterAll, describe, expect, it } from '@jest/globals';

import type { PythonContents } from '../../../client/bundle/python/collect-python.js';
import { packBundle } from '../../../client/bundle/pack-bundle.js';
import { createProjects, type Project } from './project.js';
import { readBundle } from './read-bundle.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

async function pack(contents: Partial<PythonContents>, dirs: Record<string, string> = {}) {
  const bundle = await packBundle({ dirs, python: { localModules: {}, requirementsFiles: {}, ...contents } });
  return { key: bundle.layers.map(({ digest }) => digest).join(), entries: await readBundle(bundle) };
}

async function aProject(): Promise<Project> {
  const project = await projects.make();
  await project.write({
    'my_pkg/__init__.py': '',
    'my_pkg/deploy.py': 'def network(): pass\n',
    'my_pkg/__pycache__/deploy.cpython-311.pyc': 'x',
    'my_pkg/.mypy_cache/state': 'x',
    'tool/pyproject.toml': '[project]\n',
    'tool/src/tool/__init__.py': '',
    'tool/build/lib/tool.py': 'x',
    'tool/dist/tool-1.whl': 'x',
    'tool/src/tool.egg-info/PKG-INFO': 'x',
    'old/setup.py': '',
    'base.txt': 'requests\n',
    'more/pins.txt': 'six\n',
  });
  return project;
}

const RUNNER = '.codeseeder/runner-python/';

describe('the bundle of a Python function', () => {
  it('The bundle of a Python function has the runner even if there is no other file', async () => {
    const { entries } = await pack({});
    const names = Object.keys(entries);

    expect(names.filter((name) => !name.startsWith(RUNNER))).toEqual(['.codeseeder/manifest.json']);
    expect(names).toEqual(
      expect.arrayContaining([
        `${RUNNER}__main__.py`,
        `${RUNNER}install.py`,
        `${RUNNER}codeseeder_runner/run.py`,
      ]),
    );
  });

  it('The bundle of a Python function has a module that is a single file under the name of the module', async () => {
    const project = await aProject();
    const { entries } = await pack({ localModules: { deploy: project.at('my_pkg/deploy.py') } });

    expect(Object.keys(entries).filter((name) => !name.startsWith(RUNNER))).toEqual([
      '.codeseeder/manifest.json',
      '.codeseeder/python/modules/deploy.py',
    ]);
    await expect(pack({ localModules: { 'my-deploy': project.at('my_pkg/deploy.py') } })).rejects.toThrow(
      'is a file, and "my-deploy" is not a name to import it by; use letters, digits and underscores.',
    );
    await expect(pack({ localModules: { base: project.at('base.txt') } })).rejects.toThrow(
      'base.txt is neither a folder nor a .py file; name one of these as the local module base.',
    );
  });

  it('The bundle of a Python function has projects where pip installs them, packages on the module path, and requirements', async () => {
    const project = await aProject();
    const { entries } = await pack(
      {
        localModules: {
          my_pkg: project.at('my_pkg'),
          tool: project.at('tool'),
          'old.tool': project.at('old'),
        },
        requirementsFiles: { 'base.txt': project.at('base.txt'), more: project.at('more/pins.txt') },
      },
      { app: project.at('my_pkg') },
    );

    expect(Object.keys(entries).filter((name) => !name.startsWith(RUNNER))).toEqual([
      '.codeseeder/manifest.json',
      '.codeseeder/python/constraints.txt',
      '.codeseeder/python/modules/my_pkg/__init__.py',
      '.codeseeder/python/modules/my_pkg/deploy.py',
      '.codeseeder/python/options.txt',
      '.codeseeder/python/projects/old.tool/setup.py',
      '.codeseeder/python/projects/tool/pyproject.toml',
      '.codeseeder/python/projects/tool/src/tool/__init__.py',
      '.codeseeder/python/requirements/base.txt',
      '.codeseeder/python/requirements/more/pins.txt',
      '.codeseeder/python/steps/001.txt',
      'app/__init__.py',
      'app/deploy.py',
    ]);
  });

  it('The bundle of a Python function has no virtual environment', async () => {
    const project = await projects.make();
    await project.write({ 'app/m5.py': 'def f(): return "ok"\n', 'app/.venv/pyvenv.cfg': 'x' });
    await project.link('app/.venv/python', process.execPath);
    const { entries } = await pack({ localModules: { app: project.at('app') } });

    expect(Object.keys(entries).filter((name) => name.startsWith('.codeseeder/python'))).toEqual([
      '.codeseeder/python/modules/app/m5.py',
    ]);
  });

  it('The bundle of a Python function has the same digests in two folders', async () => {
    const keys = await Promise.all(
      [await aProject(), await aProject()].map(async (project) => {
        const { key } = await pack({ localModules: { my_pkg: project.at('my_pkg') } });
        return key;
      }),
    );

    expect(keys[0]).toBe(keys[1]);
  });

  it.each([
    [{ localModules: { nowhere: '/nowhere' } }, 'The folder /nowhere is missing'],
    [{ localModules: { '../up': '.' } }, '"../up" is not the name of a local module'],
    [{ localModules: { 'a/b': '.' } }, '"a/b" is not the name of a local module'],
    [{ requirementsFiles: { 'r.txt': '/nowhere.txt' } }, 'The file /nowhere.txt is missing'],
  ])('`packBundle` refuses %j', async (contents, message) => {
    await expect(pack(contents)).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining(message),
    });
  });
});

it('A bundle without a Python function has no Python files', async () => {
  const project = await aProject();
  const names = Object.keys(await readBundle(await packBundle({ dirs: { app: project.at('tool') } })));

  expect(names.filter((name) => name.startsWith('.codeseeder'))).toEqual(['.codeseeder/manifest.json']);
});
