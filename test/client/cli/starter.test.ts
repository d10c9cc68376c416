import { spawn } from 'node:child_process';
import path from 'node:path';

import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../bundle/project.js';

const projects = createProjects();
let project: Project;

/**
 * Program that uses `findStarter` and `watchStarter`. Prints whether it has a starter, and prints when its starter
 * has ended.
 */
const WATCHER = `
  import { findStarter, watchStarter } from './starter.mjs';
  const starter = findStarter();
  console.log(starter === undefined ? 'no starter' : 'has a starter', process.pid);
  const stop = watchStarter(starter, () => { console.log('starter ended'); process.exit(); });
  if (process.argv[2] === 'stop') stop();
  setTimeout(() => { console.log('over'); process.exit(); }, starter === undefined ? 0 : 4_000);
`;

beforeAll(async () => {
  project = await projects.make();
  await build({
    entryPoints: [path.resolve(import.meta.dirname, '../../../client/cli/starter.ts')],
    outfile: project.at('starter.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  await project.write({ 'watcher.mjs': WATCHER });
});
afterAll(() => projects.removeAll());

/**
 * Starts a shell with a command line in which `$W` starts the watcher. Kills the shell once the watcher is ready.
 */
async function killed(line: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const { _: _program, npm_lifecycle_event: _event, ...environment } = process.env;
  const child = spawn('bash', ['-c', line], {
    env: {
      ...environment,
      NODE_OPTIONS: '',
      W: `${process.execPath} ${project.at('watcher.mjs')}`,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (printed.includes('starter')) child.kill('SIGKILL');
    // This is the watcher's last output. Stops reading now, because other processes of the shell keep the pipe open.
    if (/starter ended|over/.test(printed)) break;
  }
  return printed
    .replaceAll(/ \d+|\n$/g, '')
    .split('\n')
    .join('; ');
}

describe('findStarter', () => {
  it('`findStarter` notices the end of the shell that waits for the process', async () => {
    expect(await killed('$W; true')).toBe('has a starter; starter ended');
  });

  it('`watchStarter` stops watching when its result is called', async () => {
    expect(await killed('$W stop; true')).toBe('has a starter; over');
  });

  it('`findStarter` notices the end of npm above its shell', async () => {
    const line = "sh -c '$W; true' & wait";
    const ended = await Promise.all([killed(line, { npm_lifecycle_event: 'npx' }), killed(line)]);

    expect(ended).toEqual(['has a starter; starter ended', 'has a starter; over']);
  });

  it.each([['nohup $W; true'], ['setsid --wait $W; true'], ['setsid --fork $W; true']])(
    '`findStarter` returns undefined for a process that was detached by %s',
    async (line) => {
      expect(await killed(line)).toBe('no starter; over');
    },
  );
});
