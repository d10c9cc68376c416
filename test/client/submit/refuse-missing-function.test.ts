import { afterAll, describe, expect, it } from '@jest/globals';

import { refuseMissingFunction } from '../../../client/submit/refuse-missing-function.js';
import { createProjects } from '../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

async function aPackage(source: string) {
  const project = await projects.make();
  await project.write({ 'app/__init__.py': '', 'app/deploy.py': source, 'tool.py': source });
  return project;
}

const SOURCE = 'import os\n\ndef network(stage):\n    return stage\n\nasync def cluster():\n    pass\n';

describe('refuseMissingFunction', () => {
  it.each([
    ['a package', 'app.deploy', 'app/deploy.py', (at: (name: string) => string) => ({ app: at('app') })],
    ['a folder of modules', 'tool', 'tool.py', (at: (name: string) => string) => ({ tool: at('.') })],
    ['a file', 'tool', 'tool.py', (at: (name: string) => string) => ({ tool: at('tool.py') })],
  ])('A function that is not in its module is refused with those of %s', async (_, module, file, modules) => {
    const { at } = await aPackage(SOURCE);
    const options = { localModules: modules(at) };

    await expect(refuseMissingFunction({ module, functionName: 'netwrok' }, options)).rejects.toMatchObject({
      code: 'TargetNotFound',
      message: `${at(file)} has no function netwrok; it has network, cluster. Correct the name.`,
    });
    await refuseMissingFunction({ module, functionName: 'network' }, options);
  });

  it.each([
    ['a name that is imported', 'from .base import netwrok\n'],
    ['a class with the function', 'class netwrok:\n    pass\n'],
    ['a module that imports all names of another', 'from .base import *\n'],
    ['a module that defines names dynamically', 'globals().update(make())\n'],
  ])('The function is accepted for %s', async (_, source) => {
    const { at } = await aPackage(source);
    const target = { module: 'app.deploy', functionName: 'netwrok' };

    await expect(
      refuseMissingFunction(target, { localModules: { app: at('app') } }),
    ).resolves.toBeUndefined();
  });

  it('A module that is elsewhere, or that the build may write, is accepted', async () => {
    const { at } = await aPackage(SOURCE);
    const localModules = { app: at('app') };
    const target = { module: 'app.deploy', functionName: 'netwrok' };

    await refuseMissingFunction({ ...target, module: 'requests.api' }, { localModules });
    await refuseMissingFunction(
      { ...target, module: 'app.other' },
      { localModules, build: { preBuildCommands: ['make app/other.py'] } },
    );
    await expect(refuseMissingFunction({ ...target, module: 'app.other' }, { localModules })).rejects.toThrow(
      'has no module other; it has deploy.',
    );
    await refuseMissingFunction(target, {});
    await refuseMissingFunction(target, { localModules, prebuiltBundle: 's3://bucket/key' });
    await refuseMissingFunction(target, {
      localModules,
      build: { preBuildCommands: ['make app/deploy.py'] },
    });
    await expect(refuseMissingFunction(target, { localModules })).rejects.toThrow('has no function');
  });
});
