import { spawn } from 'node:child_process';
import path from 'node:path';

import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../bundle/project.js';

const projects = createProjects();
let project: Project;

/** Says whether it has a starter, and when that has ended. */
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

/** Starts a shell, whose command line has the watcher as \`$W\`, and kills it as soon as the watcher watches. */
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
    // What the watcher says in the end; its pipe is open in what the shell has left, too.
    if (/starter ended|over/.test(printed)) break;
  }
  return printed
    .replaceAll(/ \d+|\n$/g, '')
    .split('\n')
    .join('; ');
}

describe('the starter of a process', () => {
  it('is the shell that waits for it, whose end is noticed', async () => {
    expect(await killed('$W; true')).toBe('has a starter; starter ended');
  });

  it('is watched no longer than it is to be', async () => {
    expect(await killed('$W stop; true')).toBe('has a starter; over');
  });

  it('is npm, too, where npm started a shell', async () => {
    const line = "sh -c '$W; true' & wait";
    const ended = await Promise.all([killed(line, { npm_lifecycle_event: 'npx' }), killed(line)]);

    expect(ended).toEqual(['has a starter; starter ended', 'has a starter; over']);
  });

  it.each([['nohup $W; true'], ['setsid --wait $W; true'], ['setsid --fork $W; true']])(
    'is none where it was separated on purpose: %s',
    async (line) => {
      expect(await killed(line)).toBe('no starter; over');
    },
  );
});
