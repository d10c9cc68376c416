import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { bundleModules } from '../../../client/bundle/bundle-modules.js';
import { createProjects, type Project } from './project.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({ 'package.json': '{"type":"module"}' });
});
afterAll(() => projects.removeAll());

/** Where a module's bundle is put to be run. */
const BUNDLED = '.codeseeder/node/0.mjs';

/** What the bundled module's `run` returns in a process of its own. */
async function runBundled(module: string, options: { minify: boolean }): Promise<unknown> {
  const { files } = await bundleModules([{ file: project.at(module), exportName: 'run' }], options);
  await project.write({ [BUNDLED]: textOf(files.find((file) => file.path === BUNDLED)?.content) });
  const program = `const { run } = await import(${JSON.stringify(project.at(BUNDLED))}); console.log(JSON.stringify(run()));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH: process.env['PATH'] },
  });
  return JSON.parse(stdout) as unknown;
}

const textOf = (content: Uint8Array | undefined) => Buffer.from(content ?? []).toString();

describe('a module', () => {
  it.each([{ minify: false }, { minify: true }])(
    'is bundled with its CommonJS dependencies, which keep require and __dirname, %j',
    async (options) => {
      await project.write({
        'node_modules/old/package.json': '{"name":"old","main":"index.js"}',
        'node_modules/old/index.js':
          "const load = (name) => require(name); exports.look = () => [load('os').platform(), __dirname, __filename];",
        'src/run.ts': "import { look } from 'old';\nexport const run = () => look();\n",
      });

      expect(await runBundled('src/run.ts', options)).toEqual([
        process.platform,
        path.dirname(project.at(BUNDLED)),
        project.at(BUNDLED),
      ]);
    },
  );

  it.each([{ minify: false }, { minify: true }])(
    'may make its own require, __dirname and __filename, %j',
    async (options) => {
      await project.write({
        'src/run.ts': `
          import { createRequire } from 'node:module';
          import { fileURLToPath } from 'node:url';
          import { inner } from './inner.js';
          const require = createRequire(import.meta.url);
          const __filename = fileURLToPath(import.meta.url);
          const __dirname = 'a folder of its own';
          export const run = () => [require('node:os').platform(), __filename, __dirname, inner()];`,
        'src/inner.ts': `
          import { createRequire } from 'node:module';
          const require = createRequire(import.meta.url);
          export const inner = () => typeof require('node:fs').readFileSync;`,
      });

      expect(await runBundled('src/run.ts', options)).toEqual([
        process.platform,
        project.at(BUNDLED),
        'a folder of its own',
        'function',
      ]);
    },
  );

  it('carries of codeseeder only what runs inside a build', async () => {
    const { files } = await bundleModules([
      { file: path.join(REPOSITORY, 'test/fixtures/endings/first.ts') },
    ]);

    const map = JSON.parse(textOf(files.find((one) => one.path.endsWith('.map'))?.content)) as {
      sources: string[];
    };
    expect(map.sources.filter((source) => source.includes('node_modules'))).toEqual([]);
    expect(map.sources).toContainEqual(expect.stringContaining('client/in-build/index'));
  });

  it('that is broken is refused with file and line', async () => {
    await project.write({ 'src/run.ts': "export const one = 1;\nimport 'not-installed';\n" });

    await expect(bundleModules([{ file: project.at('src/run.ts') }])).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(/src\/run\.ts:2:8: Could not resolve "not-installed"/),
    });
  });

  it('that is missing is named', async () => {
    await expect(bundleModules([{ file: project.at('src/none.ts') }])).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('src/none.ts'),
    });
  });

  it('without the function tells what it exports', async () => {
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
