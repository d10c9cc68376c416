import { afterAll, describe, expect, it } from '@jest/globals';

import { refuseMissingSubmodule } from '../../../client/submit/refuse-missing-submodule.js';
import { createProjects } from '../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

type Options = Parameters<typeof refuseMissingSubmodule>[2];

async function aPackage(files: Readonly<Record<string, string>> = {}) {
  const project = await projects.make();
  const names = ['release.py', 'rates.py', 'aws/stack.py', 'native.cpython-313-x86_64-linux-gnu.so'];
  const own = Object.fromEntries(['__init__.py', ...names].map((name) => [`tool/${name}`, '']));
  await project.write({ ...own, 'other/tool/__init__.py': '', ...files });
  return project;
}

const check = (module: string, options: Options) => refuseMissingSubmodule(module, 'deploy', options);

describe('refuseMissingSubmodule', () => {
  it.each([
    ['tool.relase', 'tool', 'relase', 'tool.release'],
    ['tool.rats', 'tool', 'rats', 'tool.rates'],
    ['tool.awss.stack', 'tool', 'awss', 'tool.aws.stack'],
    ['tool.aws.stak', 'tool/aws', 'stak', 'tool.aws.stack'],
  ])(
    'The module %s, which its package does not have, is refused with the right target',
    async (module, folder, name, right) => {
      const { at } = await aPackage();
      const place = `${folder.replace('/', '.')} in ${at(folder)}`;
      const expected = {
        code: 'TargetNotFound',
        message: `The package ${place} has no module ${name}. Did you mean ${right}:deploy?`,
      };

      await expect(check(module, { localModules: { tool: at('tool') } })).rejects.toMatchObject(expected);
      const build = { pythonModules: ['requests'], image: 'my-image' };
      const requirementsFiles = { main: 'requirements.txt' };
      await expect(
        check(module, { localModules: { code: at('.') }, requirementsFiles, build }),
      ).rejects.toMatchObject(expected);
    },
  );

  it('A module with another name is refused with those of its package', async () => {
    const { at } = await aPackage();

    await expect(check('tool.billing', { localModules: { tool: at('tool') } })).rejects.toThrow(
      `The package tool in ${at('tool')} has no module billing; it has aws, native, rates, release. Correct the name.`,
    );
  });

  it.each([
    'tool',
    'tool.release',
    'tool.aws',
    'tool.aws.stack',
    'tool.native',
    'tool.release.x',
    'json.tool',
  ])('The module %s is accepted, because its package has it or is not a local module', async (module) => {
    const { at } = await aPackage();

    await expect(check(module, { localModules: { tool: at('tool') } })).resolves.toBeUndefined();
  });

  it.each([
    ['another local module has a package of its name', {}, { other: 'other' }, {}],
    ['it is installed', { 'tool/setup.py': '' }, {}, {}],
    ['a project that is installed has it', { 'setup.py': '' }, { root: '.' }, {}],
    ['it extends its path', { 'tool/__init__.py': '__path__.append("/opt")' }, {}, {}],
    ['it is no package, so that Python looks elsewhere, too', {}, { tool: 'tool/aws' }, {}],
    [
      'a variable of Python names other folders',
      {},
      {},
      { environment: { PYTHONPATH: { value: 'lib', type: 'PLAINTEXT' } } },
    ],
    ['a person may write it in a pause', {}, {}, { debugSession: true }],
  ] satisfies [string, Record<string, string>, Record<string, string>, Options['build']][])(
    'A module that its package does not have is accepted if %s',
    async (_, files, modules, build) => {
      const { at } = await aPackage(files);
      const places = Object.entries({ tool: 'tool', ...modules }).map(([name, place]) => [name, at(place)]);
      const localModules = Object.fromEntries(places) as Record<string, string>;

      await expect(check('tool.relase', { localModules, build })).resolves.toBeUndefined();
    },
  );
});
