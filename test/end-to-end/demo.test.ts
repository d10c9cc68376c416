import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { start, type Ended } from './command-line-process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-demo-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Creates a TMPDIR for one demo. The demo's processes have this variable in their environment, by which they are
 * found.
 */
async function openTrace(name: string) {
  const TMPDIR = path.join(folder, name);
  await mkdir(TMPDIR);
  const marker = `TMPDIR=${TMPDIR}`;
  return {
    variables: { TMPDIR, CODESEEDER_SEEDKIT: undefined, AWS_ENDPOINT_URL: undefined },
    /** Returns the files that are left in TMPDIR, without the cache of tsx. */
    leftFiles: async () => (await readdir(TMPDIR)).filter((name) => !/^tsx-\d+$/.test(name)),
    /** Returns the command lines of the running processes with this TMPDIR. */
    async leftProcesses(): Promise<string[]> {
      const ids = (await readdir('/proc')).filter((id) => /^\d+$/.test(id));
      const lines = ids.map(async (id) => {
        const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
        if (!environment.split('\0').includes(marker)) return [];
        return [(await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')];
      });
      return (await Promise.all(lines)).flat();
    },
  };
}

/** Returns the lines of the output that follow a title. */
function under(title: string, { stdout }: Ended): string[] {
  const [, part = ''] = stdout.split(title);
  return (part.split('\n\n')[0] ?? '')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
}

describe('`npm run demo`', () => {
  it('`npm run demo` shows a value, a remote error, records, events and a history, and leaves no file or process', async () => {
    const trace = await openTrace('plain');
    const demo = await start('npm', ['run', '--silent', 'demo'], trace.variables).ended;

    expect(demo.exitCode).toBe(0);
    expect(under('1. A function', demo).at(-1)).toMatch(/^ {2}=> \{"pods":\d+,/);
    expect(under('2. A function that throws', demo).slice(-2).join('\n')).toMatch(
      /=> threw \w+: .*\n +at checkQuota \(examples\/demo\/cluster-size\.ts:\d+/,
    );
    expect(under('3. Plain commands', demo)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^ {2}\| 2$/)]),
    );
    expect(under('The run records', demo).map((line) => /SUCCEEDED|FAILED/.exec(line)?.[0])).toEqual([
      'SUCCEEDED',
      'FAILED',
      'SUCCEEDED',
    ]);
    expect(under('The events that', demo)).toHaveLength(9);
    expect(under('The execution history', demo).join('\n')).toMatch(
      /ExecutionStarted[\s\S]*WaitForBuild[\s\S]*RunFailed/,
    );
    expect(demo.stderr).not.toContain('NodeVersionSupportWarning');
    await expect(trace.leftFiles()).resolves.toEqual([]);
    await expect(trace.leftProcesses()).resolves.toEqual([]);
  });

  it('`npm run demo -- --keep` leaves the local AWS up until the commands that it prints end it', async () => {
    const trace = await openTrace('kept');
    const demo = await start('npm', ['run', '--silent', 'demo', '--', '--keep'], trace.variables).ended;
    expect(demo.exitCode).toBe(0);
    const commands = demo.stdout.split('The local AWS stays up').at(-1) ?? '';
    const exports = commands.match(/^ {2}export .*$/gm) ?? [];
    const [list = ''] = commands.match(/^ {2}node dist\/bin\/codeseeder\.js runs list$/m) ?? [];
    const [end = ''] =
      commands.match(/^ {2}node dist\/bin\/codeseeder\.js local down .* && rm -r .*$/m) ?? [];
    const inShell = (lines: readonly string[]) =>
      start('bash', ['-ec', lines.join('\n')], trace.variables).ended;

    try {
      const listed = await inShell([...exports, list]);
      expect(listed).toMatchObject({ exitCode: 0 });
      expect(listed.stdout.match(/cluster-size\.ts#/g)).toHaveLength(2);
    } finally {
      await expect(inShell([end])).resolves.toMatchObject({ exitCode: 0, stdout: 'demo is down\n' });
    }
    await expect(trace.leftProcesses()).resolves.toEqual([]);
    await expect(trace.leftFiles()).resolves.toEqual([]);
  });
});
