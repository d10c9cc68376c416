import { afterAll, describe, expect, it } from '@jest/globals';

import { refuseWrongArguments, refuseWrongInputs } from '../../../client/submit/refuse-wrong-arguments.js';
import { createProjects } from '../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

const SOURCE = 'def greet(name, times=1, *, stage):\n    return name\n';

/** Makes the package `app` with the module `app.deploy`. */
async function aPackage(more: Readonly<Record<string, string>> = {}) {
  const { write, at } = await projects.make();
  await write({ 'app/__init__.py': '', 'app/deploy.py': SOURCE, ...more });
  return { file: at('app/deploy.py'), options: { localModules: { app: at('app') } } };
}

function aCall(args: string[], kwargs: Record<string, string>, module = 'app.deploy') {
  return { kind: 'python' as const, target: { module, functionName: 'greet' }, args, kwargs };
}

describe('refuseWrongArguments', () => {
  it('A call without an argument is refused with the function as it is defined and a command', async () => {
    const { file, options } = await aPackage();

    await expect(refuseWrongArguments(aCall([], { stage: 'dev' }), options)).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: `The call lacks the argument name of greet(name, times=1, *, stage) in ${file}. Give each argument as JSON: \`codeseeder run app.deploy:greet NAME [TIMES] --kwargs '{"stage": STAGE}'\``,
    });
    await refuseWrongArguments(aCall(['Ada'], { stage: 'dev' }), options);
  });

  it('A misspelt keyword argument is refused with the right name', async () => {
    const { options } = await aPackage();

    await expect(refuseWrongArguments(aCall(['Ada'], { stag: 'dev' }), options)).rejects.toThrow(
      'does not take. Did you mean stage?',
    );
  });

  it('A keyword argument that JSON leaves out is not counted', async () => {
    const { options } = await aPackage();
    const call = aCall(['Ada'], { stage: 'dev' });

    await refuseWrongArguments({ ...call, kwargs: { ...call.kwargs, more: undefined as never } }, options);
    await expect(
      refuseWrongArguments({ ...call, kwargs: { stage: undefined as never } }, options),
    ).rejects.toThrow('lacks the argument stage');
  });

  it.each([
    ['whose package replaces it', { 'app/__init__.py': 'from . import deploy\ndeploy.greet = print\n' }],
    ['whose package sets members', { 'app/__init__.py': 'for n in N: setattr(deploy, n, print)\n' }],
    ['with a decorator', { 'app/deploy.py': `@wrapped\n${SOURCE}` }],
    ['whose module is in two places', { 'app/deploy/__init__.py': '' }],
  ])('Any arguments are accepted for a function %s', async (_, files: Record<string, string>) => {
    const { options } = await aPackage(files);

    await refuseWrongArguments(aCall([], {}), options);
  });

  it('Any arguments are accepted for a function of a package that has a module of the same name', async () => {
    const { options } = await aPackage({ 'app/__init__.py': SOURCE });
    await expect(refuseWrongArguments(aCall([], {}, 'app'), options)).rejects.toThrow('lacks the arguments');
    const hidden = await aPackage({ 'app/__init__.py': SOURCE, 'app/greet.py': '' });

    await refuseWrongArguments(aCall([], {}, 'app'), hidden.options);
  });

  it('Any arguments are accepted if a command of the build or a prebuilt bundle may have other code', async () => {
    const { options } = await aPackage();

    await refuseWrongArguments(aCall([], {}), { ...options, build: { preBuildCommands: ['make'] } });
    await refuseWrongArguments(aCall([], {}), { ...options, prebuiltBundle: 's3://bucket/key' });
  });
});

describe('refuseWrongInputs', () => {
  it('An input of a map that is not the arguments of the function is refused with its index', async () => {
    const { file, options } = await aPackage();
    const inputs = refuseWrongInputs(['Ada', ['Bob', 2], [1, 2, 3]], aCall([], { stage: 'dev' }), options);

    expect(await inputs.next()).toMatchObject({ value: 'Ada' });
    expect(await inputs.next()).toMatchObject({ value: ['Bob', 2] });
    await expect(inputs.next()).rejects.toThrow(
      `inputs[2] has 3 positional arguments, and greet(name, times=1, *, stage) in ${file} takes at most 2. Give each argument as JSON: [NAME, TIMES]`,
    );
  });
});
