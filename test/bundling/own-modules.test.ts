import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, it } from '@jest/globals';
import { build, type Plugin } from 'esbuild';

import { createProjects } from '../client/bundle/project.js';

const MODULE = pathToFileURL(path.resolve(import.meta.dirname, '../../bundling/own-modules.mjs')).href;
const { BANNER, MODULE_URL, ownModules } = (await import(MODULE)) as {
  BANNER: string;
  MODULE_URL: string;
  ownModules: (root: string, folders: readonly string[]) => Plugin;
};

const projects = createProjects();
afterAll(() => projects.removeAll());

/**
 * Bundles the module `src/main.ts` of a project in the same way as the command line.
 * @returns path and text of the bundle
 */
async function bundled(files: Readonly<Record<string, string>>): Promise<{ file: string; text: string }> {
  const project = await projects.make();
  await project.write({
    'package.json': '{"type":"module"}',
    'node_modules/@aws-sdk/client-x/package.json': '{"type":"module","main":"index.js","sideEffects":false}',
    'node_modules/@aws-sdk/client-x/index.js': "export const Used = 'used'; export const Unused = 'unused';",
    ...files,
  });
  const file = project.at('dist/bin/main.js');
  const { outputFiles } = await build({
    absWorkingDir: project.folder,
    entryPoints: { 'bin/main': 'src/main.ts' },
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'node',
    define: { 'import.meta.url': MODULE_URL },
    banner: { js: BANNER },
    plugins: [ownModules(project.folder, ['src'])],
    write: false,
    logLevel: 'silent',
  });
  const [{ text } = { text: '' }] = outputFiles;
  await project.write({ 'dist/bin/main.js': text });
  return { file, text };
}

describe('ownModules', () => {
  it('`ownModules` gives each bundled module the URL of the file that tsc makes of it', async () => {
    const { file } = await bundled({
      'src/main.ts': "export { here } from './deep/other.js'; export const main: string = import.meta.url;",
      'src/deep/other.ts': "export const here = new URL('./program.js', import.meta.url).href;",
    });
    const dist = pathToFileURL(path.resolve(file, '../..')).href;

    expect(await import(file)).toMatchObject({
      main: `${dist}/src/main.js`,
      here: `${dist}/src/deep/program.js`,
    });
  });

  it('`ownModules` includes only the members of the SDK that sources use', async () => {
    const { file, text } = await bundled({
      'src/main.ts': "const { Used } = await import('@aws-sdk/client-x'); export const value = Used;",
    });

    expect(await import(file)).toMatchObject({ value: 'used' });
    expect(text).not.toContain('unused');
  });

  it('`ownModules` refuses an import of the SDK whose members cannot be determined, and names the file', async () => {
    const source = "export const client = await import('@aws-sdk/client-x');";

    await expect(bundled({ 'src/main.ts': source })).rejects.toThrow(
      /src\/main\.ts: write `const \{ Member \} = await import\('@aws-sdk\/client-x'\)`/,
    );
  });
});
