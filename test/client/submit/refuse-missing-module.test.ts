import { execFileSync } from 'node:child_process';

import { afterAll, describe, expect, it, jest } from '@jest/globals';

import type { ProgressEvent } from '../../../client/progress-types.js';
import { PYTHON_OWN_MODULES } from '../../../client/bundle/python/own-modules.js';
import { refuseMissingModule } from '../../../client/submit/refuse-missing-module.js';
import { withPython } from '../../installed-tools.js';
import { createProjects } from '../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

type Options = Parameters<typeof refuseMissingModule>[2];

async function aFolder(files: Readonly<Record<string, string>> = {}) {
  const project = await projects.make();
  await project.write({
    'app/__init__.py': '',
    'tool.py': '',
    'native.cpython-313-x86_64-linux-gnu.so': '',
    ...files,
  });
  return project;
}

/** Returns the warnings about a module. */
async function warningsAbout(module: string, options: Options): Promise<string[]> {
  const events: ProgressEvent[] = [];
  await refuseMissingModule(module, 'main', { ...options, onProgress: (event) => events.push(event) });
  return events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
}

describe('refuseMissingModule', () => {
  it('A module whose name is almost that of a local one is refused with the right target', async () => {
    const { folder, at } = await aFolder();

    await expect(warningsAbout('ap.deploy', { localModules: { app: at('app') } })).rejects.toMatchObject({
      code: 'TargetNotFound',
      message: `There is no Python module ap in ${at('app')}, and nothing is installed that could have it. Did you mean app.deploy:main?`,
    });
    await expect(warningsAbout('tol', { localModules: { code: folder } })).rejects.toThrow(
      'Did you mean tool:main?',
    );
  });

  it('Another module that nothing in the build can have is a warning', async () => {
    const { folder } = await aFolder();

    expect(await warningsAbout('deploy', { localModules: { code: folder } })).toEqual([
      `There is no Python module deploy in ${folder}, and nothing is installed that could have it. Include it as a local module, or install it.`,
    ]);
    expect(await warningsAbout('app', {})).toEqual([
      'There is no Python module app in the build, and nothing is installed that could have it. Include it as a local module, or install it.',
    ]);
  });

  it('A module that only the working folder has is refused with the flags that include it and its imports', async () => {
    const { folder, at, write } = await projects.make();
    await write({
      'jobs.py': 'import os, names as n\nfrom shop.prices import price_of\nimport requests\n',
      'names.py': 'def f():\n    import jobs\n',
      'src/shop/__init__.py': '',
      'src/shop/prices.py': 'from . import rates\n',
      'requirements.txt': 'requests\n',
    });
    const cwd = jest.spyOn(process, 'cwd').mockReturnValue(folder);
    const missing =
      'There is no Python module jobs in the build, and nothing is installed that could have it.';
    const flags =
      '--local-module jobs=./jobs.py --local-module shop=./src/shop --local-module names=./names.py';

    await expect(warningsAbout('jobs', {})).rejects.toMatchObject({
      code: 'TargetNotFound',
      message: `${missing} The working folder has it: ./jobs.py. Add \`${flags} --requirements requirements.txt\` to the command, or in code the options localModules and requirementsFiles.`,
    });
    await expect(warningsAbout('shop.prices', { localModules: { names: at('names.py') } })).rejects.toThrow(
      'Add `--local-module shop=./src/shop` to the command, or in code the option localModules.',
    );
    expect(await warningsAbout('jobs', { build: { pythonModules: ['jobs'] } })).toEqual([]);
    expect(await warningsAbout('other', {})).toHaveLength(1);
    cwd.mockRestore();
  });

  it.each(['app', 'tool', 'native', 'code', 'json', 'os.path', '_ap', 'pip'])(
    'A module that the build has, as %s, is neither refused nor warned of',
    async (module) => {
      const { folder } = await aFolder();

      expect(await warningsAbout(module, { localModules: { code: folder } })).toEqual([]);
    },
  );

  it.each<[string, Options]>([
    ['requirements', { requirementsFiles: { main: 'requirements.txt' } }],
    ['a Python module to install', { build: { pythonModules: ['requests==2.31'] } }],
    ['an image of the caller', { build: { image: 'my-image' } }],
    ['a project of the caller', { build: { project: 'my-project' } }],
    ['a variable of Python', { build: { environment: { PYTHONPATH: { value: 'lib', type: 'PLAINTEXT' } } } }],
    ['a pause in which a person may install it', { build: { debugSession: true } }],
  ])(
    'A module that may come from %s is accepted, with a warning if it is almost a local one',
    async (_, options) => {
      const { at } = await aFolder();
      const localModules = { app: at('app') };

      expect(await warningsAbout('deploy', { localModules, ...options })).toEqual([]);
      expect(await warningsAbout('ap.deploy', { localModules, ...options })).toEqual([
        `There is no Python module ap in ${at('app')}. The run fails unless something that the build installs has it. Did you mean app.deploy:main?`,
      ]);
    },
  );

  it.each<[string, Options]>([
    ['a requirements file', { requirementsFiles: { main: 'requirements.txt' } }],
    ['a Python module to install', { build: { pythonModules: ['AP-tool[cli]>=2'] } }],
  ])('A module that is almost a local one is no warning if %s has its name', async (_, options) => {
    const { at } = await aFolder({ 'requirements.txt': 'requests\nAp == 1.0  # for deployments\n' });
    const files = options.requirementsFiles === undefined ? {} : { main: at('requirements.txt') };

    expect(
      await warningsAbout('ap', { localModules: { app: at('app') }, ...options, requirementsFiles: files }),
    ).toEqual([]);
  });

  it('A module is accepted if a local module is installed, because that may have any module', async () => {
    const { at } = await aFolder({ 'app/setup.py': '' });

    expect(await warningsAbout('ap', { localModules: { app: at('app') } })).toEqual([]);
    expect(await warningsAbout('ap', { localModules: { app: at('none') } })).toEqual([]);
  });

  withPython('The modules of this Python are known', async () => {
    const script = 'import sys; print(" ".join(getattr(sys, "stdlib_module_names", ())))';
    const names = execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim().split(/\s+/);
    const missing = names.filter(
      (name) => name !== '' && !name.startsWith('_') && !PYTHON_OWN_MODULES.has(name),
    );

    expect(missing).toEqual([]);
  });
});
