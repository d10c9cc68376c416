import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { LayerEntry } from '../../../../client/bundle/layer/layer.js';
import { bundleModules } from '../../../../client/bundle/modules/bundle-modules.js';
import { createProjects, type Project } from '../project.js';
import { runBundled } from './run-bundled.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({ 'package.json': '{"type":"module"}' });
});
afterAll(() => projects.removeAll());

const textOf = (entry: LayerEntry) => ('content' in entry ? Buffer.from(entry.content).toString() : '');

describe('bundleModules', () => {
  it.each([{ minify: false }, { minify: true }])(
    'A bundled CommonJS dependency can call require with %j',
    async (options) => {
      await project.write({
        'node_modules/old/package.json': '{"name":"old","version":"1.0.0","main":"index.js"}',
        'node_modules/old/index.js': "exports.look = () => require('os').platform();",
        'src/run.ts': "import { look } from 'old';\nexport const run = () => look();\n",
      });

      expect((await runBundled(project.at('src/run.ts'), 'run', options)).value).toBe(process.platform);
    },
  );

  it.each([{ minify: false }, { minify: true }])(
    'A bundled module can define its own require, __dirname and __filename with %j',
    async (options) => {
      await project.write({
        'src/run.ts': `
          import { createRequire } from 'node:module';
          import { basename } from 'node:path';
          import { fileURLToPath } from 'node:url';
          import { inner } from './inner.js';
          const require = createRequire(import.meta.url);
          const __filename = fileURLToPath(import.meta.url);
          const __dirname = 'a folder of its own';
          export const run = () => [require('node:os').platform(), basename(__filename), __dirname, inner()];`,
        'src/inner.ts': `
          import { createRequire } from 'node:module';
          const require = createRequire(import.meta.url);
          export const inner = () => typeof require('node:fs').readFileSync;`,
      });

      expect((await runBundled(project.at('src/run.ts'), 'run', options)).value).toEqual([
        process.platform,
        'run.ts',
        'a folder of its own',
        'function',
      ]);
    },
  );

  it('A bundle has only the part of codeseeder that runs inside a build', async () => {
    const { code } = await bundleModules([{ file: path.join(REPOSITORY, 'test/fixtures/endings/first.ts') }]);

    const maps = code.filter((entry) => entry.path.endsWith('.map'));
    const map = JSON.parse(maps.map(textOf).join('')) as { sources: string[] };
    expect(map.sources.filter((source) => source.includes('node_modules'))).toEqual([]);
    expect(map.sources).toContainEqual(expect.stringContaining('client/in-build/index'));
  });

  it('`bundleModules` refuses a syntax error with file and line', async () => {
    await project.write({ 'src/run.ts': "export const one = 1;\nimport 'not-installed';\n" });

    await expect(bundleModules([{ file: project.at('src/run.ts') }])).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(/src\/run\.ts:2:\d+: Could not resolve "not-installed"/),
    });
  });

  it('`bundleModules` names a module that is missing', async () => {
    await expect(bundleModules([{ file: project.at('src/none.ts') }])).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('src/none.ts'),
    });
  });

  it('`bundleModules` lists the exports of a module that lacks the target', async () => {
    await project.write({ 'src/run.ts': 'export const one = 1; export default function two() {}' });

    await expect(
      bundleModules([{ file: project.at('src/run.ts'), exportName: 'three' }]),
    ).rejects.toMatchObject({
      code: 'TargetNotFound',
      message: expect.stringMatching(
        /src\/run\.ts does not export three; it exports (default, one|one, default)/,
      ),
    });
  });
});
