import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';

import type { BuildIsolation } from '../../../lib/local/codebuild/build-isolation.js';
import type { WireBuild } from '../../../lib/local/codebuild/build-record.js';
import { isLocalTarget, openDebugShell } from '../../../lib/local/codebuild/open-debug-shell.js';
import { isolationHere } from '../../build-isolation-here.js';
import { buildspec, openTestCodeBuild, type TestCodeBuild } from './test-codebuild.js';

const KINDS: BuildIsolation['kind'][] =
  isolationHere.kind === 'namespaces' ? ['namespaces', 'none'] : ['none'];
const hasTerminals = spawnSync('script', ['--version']).status === 0;

let test: TestCodeBuild;
afterEach(() => test.dispose());

/** Starts a build that waits at a breakpoint, with a variable, and writes what it did after. */
async function atBreakpoint(isolation: BuildIsolation['kind'] = 'none'): Promise<WireBuild> {
  test = await openTestCodeBuild({ isolation });
  const commands = ['export MOOD=calm', 'mkdir -p sub; cd sub', 'codebuild-breakpoint', 'cat note.txt'];
  const buildspecOverride = buildspec({ build: commands });
  const { id } = await test.start({ buildspecOverride, debugSessionEnabled: true });
  await test.until(id, ({ debugSession }) => debugSession?.sessionTarget !== undefined);
  for (;;) {
    const build = await test.get(id);
    if ((await test.text(build).catch(ifNoLog)).includes('The build waits.')) return build;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Returns no text. A log is created with its first line, after the session. */
function ifNoLog(error: Error): string {
  if (error.name !== 'ResourceNotFoundException') throw error;
  return '';
}

/** A shell in a build, with its streams. */
function open(build: WireBuild, size?: { columns: number; rows: number }) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const controller = new AbortController();
  const { signal } = controller;
  const target = build.debugSession?.sessionTarget ?? '';
  const ended = openDebugShell(target, { input, output, size, signal });
  const shows = async (text: string | RegExp) => {
    while (shown.search(text) < 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { input, shows, ended, shown: () => shown, abort: () => controller.abort(new Error('left')) };
}

describe.each(KINDS)('A debug session in a build with isolation %s', (isolation) => {
  it('A shell has the folder and the variables of the build, and resumes it from its breakpoint', async () => {
    const build = await atBreakpoint(isolation);
    expect(isLocalTarget(build.debugSession?.sessionTarget ?? '')).toBe(true);
    const shell = open(build);
    shell.input.end(
      'basename "$PWD"; echo "mood: $MOOD"; echo from the shell >note.txt; codebuild-resume; exit 3\n',
    );

    // The resumed build may end before the shell does.
    await shell.ended;
    expect(shell.shown()).toBe('sub\nmood: calm\n');
    const end = await test.until(build.id);
    expect(end.buildStatus).toBe('SUCCEEDED');
    expect(end.debugSession).toEqual({ sessionEnabled: true });
    const text = await test.text(end);
    expect(text).toContain('from the shell');
    // What is typed and shown in a shell is not in the log.
    expect(text).not.toContain('mood: calm');
  });

  it('A shell ends when its build is stopped', async () => {
    const build = await atBreakpoint(isolation);
    const shell = open(build);
    shell.input.write('echo here; sleep 1000\n');
    await shell.shows('here');
    await test.codeBuild.operations.StopBuild({ id: build.id });

    expect(await shell.ended).toBe(false);
  });
});

it('Two shells of a build are independent, and each ends when its user leaves', async () => {
  const build = await atBreakpoint();
  const [one, two] = [open(build), open(build)];
  one.input.write('echo one\n');
  two.input.write('echo two\n');
  await Promise.all([one.shows('one'), two.shows('two')]);
  two.abort();
  await expect(two.ended).rejects.toThrow('left');
  one.input.end('echo still\n');

  expect(await one.ended).toBe(true);
  expect(one.shown()).toBe('one\nstill\n');
  expect((await test.get(build.id)).buildComplete).toBe(false);
});

(hasTerminals ? it : it.skip)(
  `A shell on a terminal has its size, and Ctrl-C ends a command in it${hasTerminals ? '' : ' (skipped: the program script is not installed)'}`,
  async () => {
    const build = await atBreakpoint();
    const shell = open(build, { columns: 71, rows: 31 });
    await shell.shows(/build:\S*[$#] /);
    shell.input.write('stty size; tty >/dev/null && echo on a "terminal"\n');
    await shell.shows('on a terminal');
    // The text comes from the process that Ctrl-C ends: a signal before that is for the shell.
    shell.input.write(`sh -c 'echo begin""ning; exec sleep 1000'\n`);
    await shell.shows('beginning\r');
    shell.input.write('\x03');
    // A terminal discards what was typed before a signal.
    await shell.shows(/\^C[\s\S]*build:\S*[$#] /);
    shell.input.write("echo went' on'; exit\n");
    await shell.ended;

    expect(shell.shown()).toContain('31 71');
    expect(shell.shown()).toContain('went on\r');
  },
);

it('A shell of a build that has ended is refused', async () => {
  const build = await atBreakpoint();
  await test.codeBuild.operations.StopBuild({ id: build.id });
  await test.until(build.id);
  await expect(open(build).ended).rejects.toMatchObject({ code: 'SessionNotReachable' });
});
