import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';

import { resolveExportName } from '../../../client/submit/resolve-export.js';
import { createProjects } from '../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

const EXPORTS = path.resolve(import.meta.dirname, '../../fixtures/endings/exports.ts');
const url = pathToFileURL(EXPORTS).href;
const { anonymous, exported } = await import('../../fixtures/endings/exports.js');
const names = ['anonymous', 'exported'];

const nameOf = (remote: unknown, functionName: string, from = url) =>
  resolveExportName(
    {
      file: fileURLToPath(from),
      url: from,
      isRemote: (value) => value === remote,
      isCopy: () => false,
      functionName,
    },
    names,
    'exports.ts',
  );

describe('the name a function is exported under', () => {
  it('The export name of a function is found although the function has no name, or another one', async () => {
    await expect(nameOf(anonymous, '')).resolves.toBe('anonymous');
    await expect(nameOf(exported, 'anonymous')).resolves.toBe('exported');
  });

  it('The export name of a function is its own name when the module is given by its path', async () => {
    await expect(
      resolveExportName(
        {
          file: EXPORTS,
          url: undefined,
          isRemote: () => false,
          isCopy: () => false,
          functionName: 'exported',
        },
        names,
        'exports.ts',
      ),
    ).resolves.toBe('exported');
  });

  it('The export name of a function is its own name while its module is still being evaluated', async () => {
    const project = await projects.make();
    await project.write({ 'endless.mjs': 'await new Promise(() => {});' });

    await expect(nameOf({}, 'exported', pathToFileURL(project.at('endless.mjs')).href)).resolves.toBe(
      'exported',
    );
  });

  it('A module that is still being evaluated is awaited when only its exports can name the function', async () => {
    const project = await projects.make();
    await project.write({
      'slow.mjs': 'await new Promise((go) => setTimeout(go, 1_000)); export const late = { marked: true };',
    });
    const isRemote = (value: unknown) => (value as { marked?: boolean }).marked === true;
    const file = project.at('slow.mjs');
    const late = { file, url: pathToFileURL(file).href, isRemote, isCopy: () => false, functionName: '' };

    await expect(resolveExportName(late, ['late'], 'slow.mjs')).resolves.toBe('late');
  });

  it('The error for a function that its module does not export asks for `exportName`', async () => {
    await expect(nameOf(() => {}, '')).rejects.toMatchObject({
      code: 'TargetNotFound',
      message: expect.stringMatching(/\(anonymous\); it exports anonymous, exported\. .*exportName/),
    });
  });
});

describe('the name a function of a CommonJS module is exported under', () => {
  const require = createRequire(import.meta.url);

  /** Loads a module, and resolves the name under which it exports the function `marked`. */
  async function nameIn(source: string, functionName = '', exportedNames?: readonly string[]) {
    const project = await projects.make();
    await project.write({ 'deploy.cjs': source });
    const file = project.at('deploy.cjs');
    require(file);
    const isRemote = (value: unknown) => (value as { marked?: boolean } | undefined)?.marked === true;
    return resolveExportName(
      { file, url: undefined, isRemote, isCopy: () => false, functionName },
      exportedNames,
      'deploy.cjs',
    );
  }

  it.each([
    ['exports.deploy = { marked: true };', 'deploy'],
    ['module.exports = { other: 1, deploy: { marked: true } };', 'deploy'],
    ['Object.assign(exports, { deploy: { marked: true } });', 'deploy'],
    [
      "Object.defineProperty(exports, 'deploy', { enumerable: true, get: () => ({ marked: true }) });",
      'deploy',
    ],
    [
      "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = { marked: true };",
      'default',
    ],
    ['module.exports = Object.assign(() => 1, { marked: true });', 'default'],
    [
      "Object.defineProperty(exports, 'early', { enumerable: true, get() { throw new Error('not yet'); } }); exports.deploy = { marked: true };",
      'deploy',
    ],
  ])('The export name of a CommonJS function is found in %s', async (source, name) => {
    await expect(nameIn(source)).resolves.toBe(name);
  });

  it('The export name of a CommonJS function is not its own name when the module exports something else', async () => {
    await expect(nameIn('exports.other = 1;', 'deploy')).rejects.toMatchObject({
      code: 'TargetNotFound',
      message: expect.stringMatching(/does not export the remote function deploy; it exports other\./),
    });
  });

  it('A function of a module of which a test runner made an instance of its own has its own name, if it is exported under it', async () => {
    const project = await projects.make();
    await project.write({ 'deploy.cjs': 'exports.deploy = { copy: true }; exports.other = 1;' });
    const resolve = (functionName: string) =>
      resolveExportName(
        {
          file: project.at('deploy.cjs'),
          url: undefined,
          isRemote: () => false,
          isCopy: (value) => (value as { copy?: boolean } | undefined)?.copy === true,
          functionName,
        },
        undefined,
        'deploy.cjs',
      );

    await expect(resolve('deploy')).resolves.toBe('deploy');
    await expect(resolve('other')).rejects.toMatchObject({ code: 'TargetNotFound' });
  });
});
