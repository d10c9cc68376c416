import { execFile } from 'node:child_process';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';

import { packBundle, type BundleContents } from '../../../client/bundle/pack-bundle.js';
import { createProjects, type Project } from './project.js';
import { readBundle } from './read-bundle.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

const projects = createProjects();
afterAll(() => projects.removeAll());

async function pack(contents: BundleContents) {
  const bundle = await packBundle(contents);
  return { entries: await readBundle(bundle), digests: bundle.layers.map(({ digest }) => digest) };
}

/** Creates a new project with the same files at each call. */
async function aProject(): Promise<Project> {
  const project = await projects.make();
  await project.write({
    'package.json': '{"type":"module"}',
    'src/deploy.ts':
      "import { tag } from './tag.js';\nexport const deploy = (stage: string) => tag(stage);\n",
    'src/tag.ts': 'export const tag = (text: string): string => `<${text}>`;\n',
    'infra/cdk.json': '{}',
    'infra/bin/up.sh': 'echo up\n',
    'infra/.env': 'STAGE=dev\n',
  });
  await project.makeExecutable('infra/bin/up.sh');
  return project;
}

const contentsOf = (project: Project): BundleContents => ({
  modules: [{ file: project.at('src/deploy.ts'), exportName: 'deploy' }],
  dirs: { app: project.at('infra') },
  files: { 'conf/deep/settings.json': project.at('infra/cdk.json') },
});

describe('a bundle', () => {
  it('A bundle has the manifest, the runner, modules with source maps, folders and files', async () => {
    const { entries } = await pack(contentsOf(await aProject()));

    expect(Object.keys(entries)).toEqual([
      '.codeseeder/manifest.json',
      '.codeseeder/node/0.mjs',
      '.codeseeder/node/0.mjs.map',
      '.codeseeder/node/sources.json',
      '.codeseeder/runner.mjs',
      'app/.env',
      'app/bin/up.sh',
      'app/cdk.json',
      'conf/deep/settings.json',
    ]);
    expect(JSON.parse(entries['.codeseeder/manifest.json']?.content ?? '')).toEqual({
      version: 1,
      modules: { 'src/deploy.ts': '.codeseeder/node/0.mjs' },
    });
    expect(entries['app/bin/up.sh']).toEqual({ content: 'echo up\n', mode: 0o700 });
    expect(entries['app/.env']).toEqual({ content: 'STAGE=dev\n', mode: 0o644 });
  });

  it('A bundle has its code in the first layer, and folders in others', async () => {
    const bundle = await packBundle(contentsOf(await aProject()));
    const [code, ...others] = bundle.layers;

    expect(code?.name).toBe('code');
    expect(Object.keys(await readBundle({ layers: code === undefined ? [] : [code] }))).toEqual([
      '.codeseeder/manifest.json',
      '.codeseeder/node/0.mjs',
      '.codeseeder/node/0.mjs.map',
      '.codeseeder/node/sources.json',
      '.codeseeder/runner.mjs',
    ]);
    expect(Object.keys(await readBundle({ layers: others }))).toContain('app/cdk.json');
  });

  it('A bundle has the same digests in two folders and on two days', async () => {
    const [one, other] = [await aProject(), await aProject()];
    const longAgo = new Date('2001-02-03T04:05:06Z');
    for (const file of ['src/deploy.ts', 'infra/cdk.json', 'infra/bin/up.sh'])
      await utimes(other.at(file), longAgo, longAgo);

    const packed = await Promise.all([one, other].map((project) => pack(contentsOf(project))));
    expect(packed[0]?.digests).toEqual(packed[1]?.digests);
  });

  it('A change of the code changes only one layer of a bundle', async () => {
    const [one, other] = [await aProject(), await aProject()];
    await other.write({ 'src/tag.ts': 'export const tag = (text: string): string => `[${text}]`;\n' });

    const packed = await Promise.all([one, other].map((project) => pack(contentsOf(project))));
    expect(packed[0]?.digests[0]).not.toBe(packed[1]?.digests[0]);
    expect(packed[0]?.digests.slice(1)).toEqual(packed[1]?.digests.slice(1));
  });

  it.each(['Pacific/Kiritimati', 'America/Los_Angeles', 'UTC'])(
    'A bundle has the same digests in the time zone %s',
    async (zone) => {
      const project = await aProject();
      const { digests } = await pack({ dirs: { app: project.at('infra') } });

      // Packs in a new process, because the time zone is read when a process starts.
      const program = `
      import { packBundle } from ${JSON.stringify(path.join(REPOSITORY, 'client/bundle/pack-bundle.ts'))};
      const bundle = await packBundle({ dirs: { app: ${JSON.stringify(project.at('infra'))} } });
      process.stdout.write(bundle.layers.map(({ digest }) => digest).join());`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '--eval', program],
        { cwd: REPOSITORY, env: { ...process.env, TZ: zone, NODE_OPTIONS: '' } },
      );
      expect(stdout).toBe(digests.join());
    },
  );

  it('Layer.write of a bundle rejects after an abort', async () => {
    const contents = contentsOf(await aProject());

    await expect(packBundle({ ...contents, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
