import path from 'node:path';
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

const textOf = (content: Uint8Array | undefined) => Buffer.from(content ?? []).toString();

describe('a module', () => {
  it('is bundled with its CommonJS dependencies, which keep their require', async () => {
    await project.write({
      'node_modules/old/package.json': '{"name":"old","main":"index.js"}',
      'node_modules/old/index.js': "const os = require('os'); exports.platform = () => os.platform();",
      'src/run.ts': "import { platform } from 'old';\nexport const run = () => platform();\n",
    });
    const { files } = await bundleModules([{ file: project.at('src/run.ts'), exportName: 'run' }]);
    const file = 'bundled.mjs';
    await project.write({ [file]: textOf(files.find((one) => one.path.endsWith('.mjs'))?.content) });

    const { execFileSync } = await import('node:child_process');
    const program = `const { run } = await import(${JSON.stringify(project.at(file))}); console.log(run());`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      env: { PATH: process.env['PATH'] },
    });
    expect(printed.toString().trim()).toBe(process.platform);
  });

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
