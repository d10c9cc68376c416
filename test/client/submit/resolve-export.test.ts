import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';

import { resolveExportName } from '../../../client/submit/resolve-export.js';
import { createProjects } from '../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

const EXPORTS = path.resolve(import.meta.dirname, '../../fixtures/endings/exports.ts');
const url = pathToFileURL(EXPORTS).href;
const { anonymous, exported } = await import('../../fixtures/endings/exports.js');
const names = ['anonymous', 'exported'];

const nameOf = (remote: unknown, functionName: string, from: string | undefined = url) =>
  resolveExportName({ url: from, isRemote: (value) => value === remote, functionName }, names, 'exports.ts');

describe('the name a function is exported under', () => {
  it('is found though the function has none, or another one', async () => {
    await expect(nameOf(anonymous, '')).resolves.toBe('anonymous');
    await expect(nameOf(exported, 'anonymous')).resolves.toBe('exported');
  });

  it('is its own where the module is given by its path', async () => {
    await expect(
      resolveExportName(
        { url: undefined, isRemote: () => false, functionName: 'exported' },
        names,
        'exports.ts',
      ),
    ).resolves.toBe('exported');
  });

  it('is its own while its module is still being evaluated, without waiting for that', async () => {
    const project = await projects.make();
    await project.write({ 'endless.mjs': 'await new Promise(() => {});' });

    await expect(nameOf({}, 'exported', pathToFileURL(project.at('endless.mjs')).href)).resolves.toBe(
      'exported',
    );
  });

  it('is waited for longer where the module alone can tell it', async () => {
    const project = await projects.make();
    await project.write({
      'slow.mjs': 'await new Promise((go) => setTimeout(go, 1_000)); export const late = { marked: true };',
    });
    const isRemote = (value: unknown) => (value as { marked?: boolean }).marked === true;
    const late = { url: pathToFileURL(project.at('slow.mjs')).href, isRemote, functionName: '' };

    await expect(resolveExportName(late, ['late'], 'slow.mjs')).resolves.toBe('late');
  });

  it('is asked for where nothing tells it', async () => {
    await expect(nameOf(() => {}, '')).rejects.toMatchObject({
      code: 'TargetNotFound',
      message: expect.stringMatching(/\(anonymous\); it exports anonymous, exported\. .*exportName/),
    });
  });
});
