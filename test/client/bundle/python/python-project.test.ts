import { afterAll, describe, expect, it } from '@jest/globals';

import { readPythonFolder } from '../../../../client/bundle/python/python-project.js';
import { createProjects } from '../project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

async function look(files: Record<string, string>, installer?: 'pip' | 'uv') {
  const project = await projects.make();
  await project.write({ 'folder/__init__.py': '', ...files });
  return readPythonFolder(project.at('folder'), installer);
}

const LOCK = 'version = 1\n[[package]]\nname = "app"\nsource = { editable = "." }\n';
const OUTSIDE = `${LOCK}[[package]]\nname = "lib"\nsource = { directory = "../lib" }\n`;

describe('a folder of Python code', () => {
  it.each([
    ['with nothing', {}, false],
    ['with a setup.py', { 'folder/setup.py': '' }, true],
    ['with a setup.cfg alone', { 'folder/setup.cfg': '[metadata]\nname = x\n' }, false],
    ['with [project]', { 'folder/pyproject.toml': '[project]\nname = "x"\n' }, true],
    ['with [build-system]', { 'folder/pyproject.toml': '[build-system]\nrequires = []\n' }, true],
    ['with the keys of a project in one line', { 'folder/pyproject.toml': 'project.name = "x"\n' }, true],
    ['with [tool.ruff] alone', { 'folder/pyproject.toml': '[tool.ruff]\nline-length = 100\n' }, false],
    [
      'that speaks of [project] in a text',
      { 'folder/pyproject.toml': '[tool.x]\na = """\n[project]\n"""\n# [build-system]\n' },
      false,
    ],
    ['with an empty pyproject.toml', { 'folder/pyproject.toml': '' }, false],
    [
      'with [tool.black] beside a setup.cfg',
      { 'folder/pyproject.toml': '[tool.black]\n', 'folder/setup.cfg': '[metadata]\nname = x\n' },
      true,
    ],
  ])('`readPythonFolder` decides like pip whether %s is a project', async (_, files, isProject) => {
    expect(await look(files)).toEqual({ isProject, isLocked: false });
  });

  it.each([
    ['[project]\nname = "x"\n[build-system]\nrequires = []\n', true],
    ['[project]\nname = "x"\n', false],
    ['[project]\nname = "x"\n[tool.uv]\npackage = true\n', true],
    ['[build-system]\nrequires = []\n[tool.uv]\npackage = false\n', false],
  ])(
    '`readPythonFolder` decides like uv whether a folder with a uv.lock and %j is a project',
    async (settings, isProject) => {
      const files = { 'folder/pyproject.toml': settings, 'folder/uv.lock': LOCK };

      expect(await look(files)).toEqual({ isProject, isLocked: true });
      expect(await look(files, 'pip')).toEqual({ isProject: true, isLocked: false });
    },
  );

  it('`readPythonFolder` refuses a uv.lock that refers to a folder outside and names the remedy', async () => {
    const files = { 'folder/pyproject.toml': '[project]\n', 'folder/uv.lock': OUTSIDE };

    await expect(look(files)).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(
        /uv\.lock takes lib from \.\.\/lib, outside .*; use the folder that contains both/,
      ),
    });
    await expect(look(files, 'pip')).resolves.toMatchObject({ isProject: true });
  });

  it('`readPythonFolder` refuses an invalid pyproject.toml with file and line', async () => {
    await expect(look({ 'folder/pyproject.toml': '[tool]\na = = 1\n' })).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(/pyproject\.toml, line 2: Invalid TOML document/),
    });
  });
});
