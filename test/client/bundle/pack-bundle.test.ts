import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';

import { packBundle, type BundleContents } from '../../../client/bundle/pack-bundle.js';
import { createProjects, using, type Project } from './project.js';
import { readZip } from './read-zip.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

const projects = createProjects();
afterAll(() => projects.removeAll());

const pack = async (contents: BundleContents) =>
  using(await packBundle(contents), async ({ content, reference }) => ({
    reference,
    bytes: await buffer(content()),
  }));

/** The same project, written anew. */
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
  it('holds manifest, runner, modules with their maps, folders and files', async () => {
    const { bytes } = await pack(contentsOf(await aProject()));

    const entries = await readZip(bytes);
    expect(Object.keys(entries)).toEqual([
      '.codeseeder/manifest.json',
      '.codeseeder/node/0.mjs',
      '.codeseeder/node/0.mjs.map',
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
    expect(entries['app/bin/up.sh']).toEqual({ content: 'echo up\n', mode: 0o755 });
    expect(entries['app/.env']).toEqual({ content: 'STAGE=dev\n', mode: 0o644 });
  });

  it('is named by its bytes', async () => {
    const { bytes, reference } = await pack(contentsOf(await aProject()));

    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(reference).toEqual({ key: `bundles/${sha256}.zip`, sha256, sizeBytes: bytes.length });
  });

  it('has the same bytes from two folders and two days', async () => {
    const [one, other] = [await aProject(), await aProject()];
    const longAgo = new Date('2001-02-03T04:05:06Z');
    for (const file of ['src/deploy.ts', 'infra/cdk.json', 'infra/bin/up.sh'])
      await utimes(other.at(file), longAgo, longAgo);

    const packed = await Promise.all([one, other].map((project) => pack(contentsOf(project))));
    expect(packed[0]?.bytes.equals(packed[1]?.bytes ?? Buffer.of())).toBe(true);
  });

  it('changes with its code', async () => {
    const [one, other] = [await aProject(), await aProject()];
    await other.write({ 'src/tag.ts': 'export const tag = (text: string): string => `[${text}]`;\n' });

    const packed = await Promise.all([one, other].map((project) => pack(contentsOf(project))));
    expect(packed[0]?.reference.key).not.toBe(packed[1]?.reference.key);
  });

  it.each(['Pacific/Kiritimati', 'America/Los_Angeles', 'UTC'])('has the same bytes in %s', async (zone) => {
    const project = await aProject();
    const { reference } = await pack({ dirs: { app: project.at('infra') } });

    // The zone of a process is set as it starts.
    const program = `
      import { packBundle } from ${JSON.stringify(path.join(REPOSITORY, 'client/bundle/pack-bundle.ts'))};
      const bundle = await packBundle({ dirs: { app: ${JSON.stringify(project.at('infra'))} } });
      process.stdout.write(bundle.reference.sha256);
      await bundle.dispose();`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { cwd: REPOSITORY, env: { ...process.env, TZ: zone, NODE_OPTIONS: '' } },
    );
    expect(stdout).toBe(reference.sha256);
  });

  it('is gone when it is no longer wanted', async () => {
    const bundle = await packBundle(contentsOf(await aProject()));
    await bundle.dispose();

    await expect(buffer(bundle.content())).rejects.toMatchObject({ code: 'EBADF' });
  });

  it('is not written to its end when the caller gives up', async () => {
    const contents = contentsOf(await aProject());

    await expect(packBundle({ ...contents, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
