import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { statsOf } from '../../../../client/bundle/layer/file-stats.js';
import { startWorkers } from '../../../../client/bundle/layer/pack-workers.js';
import { createProjects, type Project } from '../project.js';
import { randomBytes } from './layer-files.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');
const CONTENT = randomBytes(2 * 1024 ** 2);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({ 'app/a.bin': CONTENT });
});
afterAll(() => projects.removeAll());

async function aTask() {
  const source = project.at('app/a.bin');
  return { files: [{ source, stats: statsOf(await stat(source)) }] };
}

describe('the threads of packing', () => {
  it('`startWorkers` runs more tasks than it has threads', async () => {
    const workers = startWorkers(2);
    const task = await aTask();
    const results = await Promise.all(Array.from({ length: 7 }, () => workers.run('hash', task)));
    workers.stop();

    expect(results.map(({ digests }) => digests[0]?.sha256)).toEqual(Array.from({ length: 7 }, () => SHA256));
  });

  it('A thread reports the error of a task and runs the next one', async () => {
    const workers = startWorkers(1);
    const task = await aTask();
    const missing = { files: [{ ...task.files[0], source: project.at('gone') }] } as typeof task;

    await expect(workers.run('hash', missing)).rejects.toThrow(/gone cannot be read: ENOENT/);
    expect((await workers.run('hash', task)).digests[0]?.sha256).toBe(SHA256);
    workers.stop();
  });

  it('The process runs the tasks of threads that ended', async () => {
    const workers = startWorkers(2);
    const task = await aTask();
    const running = Array.from({ length: 5 }, () => workers.run('hash', task));
    workers.stop();

    expect((await Promise.all(running)).map(({ digests }) => digests[0]?.sha256)).toEqual(
      Array.from({ length: 5 }, () => SHA256),
    );
  });

  it('The process runs all tasks itself if it cannot start threads', async () => {
    const layer = (file: string) => JSON.stringify(path.join(REPOSITORY, 'dist/client/bundle/layer', file));
    const program = `
      import { digestLayer } from ${layer('digest-layer.js')};
      import { listFolder } from ${layer('../files/list-folder.js')};
      const { entries } = await listFolder({ place: 'app', folder: ${JSON.stringify(project.at('app'))} });
      const zip = await (await digestLayer('dirs/app', entries)).write();
      process.stdout.write(String(zip.sizeBytes));
      await zip.dispose();`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        ...['--experimental-permission', '--allow-fs-read=*', '--allow-fs-write=*', '--no-warnings'],
        ...['--input-type=module', '--eval', program],
      ],
      { env: { ...process.env, NODE_OPTIONS: '' } },
    );

    expect(Number(stdout)).toBeGreaterThan(CONTENT.length);
  });
});
