import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { build as bundle } from 'esbuild';

import { systemClock } from '../../../lib/local/clock.js';
import { isolated, isolationHere } from '../../build-isolation-here.js';
import {
  buildspec,
  openTestCodeBuild,
  ownSleeps,
  type Sleeps,
  type TestCodeBuild,
} from './test-codebuild.js';

const NOBODY = 65_534;

/** Returns the words before a command that start it as this user, or as a user without rights. */
function userCommand(user: 'this user' | 'nobody'): string[] | undefined {
  if (user !== 'nobody') return [];
  const words = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const [file = '', ...args] = [...words, 'unshare', '--user', '--map-root-user', '--pid', '--fork', 'true'];
  return spawnSync(file, args).status === 0 ? words : undefined;
}

function skipped(title: string, body: () => Promise<void>): void {
  it.skip(`${title} (setpriv cannot start a process of another user)`, body);
}

interface Ended {
  readonly status: string;
  readonly lines: readonly string[];
}

let test: TestCodeBuild | undefined;
afterEach(async () => {
  await test?.dispose();
  test = undefined;
});

/**
 * Returns a command that starts a process which has left its build: it has another session, group, parent and
 * environment.
 */
function daemon(sleeps: Sleeps): string {
  const command = sleeps.command();
  const start = `(setsid env -i bash -c "(trap '' TERM; ${command}) & exit" >/dev/null 2>&1 &)`;
  return `${start}; until pgrep -f '^${command}$' >/dev/null; do sleep 0.05; done`;
}

async function untilRunning(sleeps: Sleeps, count: number): Promise<void> {
  while (sleeps.running() < count) await new Promise((wait) => setTimeout(wait, 20));
}

describe.each(['this user', 'nobody'] as const)('Builds of a local AWS that runs as %s', (user) => {
  const command = isolationHere.kind === 'namespaces' ? userCommand(user) : undefined;
  const test = command === undefined && isolationHere.kind === 'namespaces' ? skipped : isolated;
  let program: string;
  let folder: string;
  let own: readonly Ended[];

  const sleeps = ownSleeps();
  const left = daemon(sleeps);

  /**
   * Returns one of two builds that run at the same time. Both use the same file names, and search for files of the
   * other build.
   */
  function buildOf(name: string, other: string): object {
    const meet = (what: string) =>
      `touch ${folder}/${what}-${name}; until [ -e ${folder}/${what}-${other} ]; do sleep 0.05; done`;
    return {
      environmentVariablesOverride: [{ name: 'MARK', value: `mark-${name}`, type: 'PLAINTEXT' }],
      buildspecOverride: buildspec({
        build: [
          'mkdir -p /var/scripts && for in in /tmp /var/tmp /var/scripts /dev/shm; do echo $MARK >$in/value; done',
          meet('wrote'),
          'for in in /tmp /var/tmp /var/scripts /dev/shm; do echo $in has $(cat $in/value); done',
          `cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep '^MARK=' | sort -u`,
          'echo "sees $(ls $HOME/../.. | wc -l) workspace"',
          'ls $HOME/../../../.. | sed "s/^/sees /"',
          'cat $HOME/../../../../identity.json || echo cannot read the identity',
          'echo "is $(id -u), in $TMPDIR as $(stat -c %u /tmp)"',
          left,
          meet('looked'),
        ],
      }),
    };
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'codeseeder-met-'));
    await chmod(folder, 0o777);
    await mkdir(join(folder, 'tmp'));
    await chmod(join(folder, 'tmp'), 0o777);
    program = resolve('node_modules', `.codeseeder-test-${randomUUID()}`);
    if (command === undefined) return;
    await bundle({
      entryPoints: [resolve('test/local/codebuild/place-with-builds.ts')],
      outfile: join(program, 'place.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
    const inputs = JSON.stringify([buildOf('a', 'b'), buildOf('b', 'a')]);
    const [file = '', ...args] = [...command, process.execPath, join(program, 'place.mjs'), inputs];
    const { stdout } = await promisify(execFile)(file, args, {
      env: {
        ...process.env,
        TMPDIR: join(folder, 'tmp'),
        PATH: [process.env.PATH, folder].join(delimiter),
      },
    });
    const { isolation, ended } = JSON.parse(stdout) as { isolation: object; ended: readonly Ended[] };
    expect(isolation).toEqual({ kind: 'namespaces' });
    expect(ended.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    own = ended;
  });
  afterAll(async () => {
    await rm(program, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  test('Two builds that write the same files at the same time each read their own', async () => {
    for (const [index, name] of ['a', 'b'].entries()) {
      expect(own[index]?.lines).toEqual(
        expect.arrayContaining(
          ['/tmp', '/var/tmp', '/var/scripts', '/dev/shm'].map((path) => `${path} has mark-${name}`),
        ),
      );
    }
  });

  test('A build sees the environment of its own processes only', async () => {
    const marks = own.map(({ lines }) => lines.filter((line) => line.startsWith('MARK=')));
    expect(marks).toEqual([['MARK=mark-a'], ['MARK=mark-b']]);
  });

  test('A build sees only its own workspace of the data folder', async () => {
    for (const { lines } of own) {
      expect(lines).toContain('sees 1 workspace');
      expect(lines.filter((line) => line.startsWith('sees '))).toEqual([
        'sees 1 workspace',
        'sees codebuild',
      ]);
      expect(lines).toContain('cannot read the identity');
      expect(lines).not.toContain('secret of the place');
    }
  });

  test('A build runs as the user of the local AWS', async () => {
    const id = user === 'nobody' ? NOBODY : process.getuid?.();
    for (const { lines } of own) expect(lines).toContain(`is ${id}, in /tmp as ${id}`);
  });

  test('No process outlives its build, even one that left its session, group and environment', async () => {
    expect(sleeps.running()).toBe(0);
  });
});

describe('Processes of a build that keep nothing of it', () => {
  isolated(`\`StopBuild\` ends them`, async () => {
    const opened = (test = await openTestCodeBuild());
    const sleeps = ownSleeps();
    const { id } = await opened.start(buildspec({ build: [daemon(sleeps), sleeps.command()] }));
    await untilRunning(sleeps, 2);
    const { build } = await opened.codeBuild.operations.StopBuild({ id });
    expect(build.buildStatus).toBe('STOPPED');
    expect(sleeps.running()).toBe(0);
  });

  isolated('A time-out ends them', async () => {
    let passTime = (): void => undefined;
    const clock = {
      ...systemClock,
      sleep: (milliseconds: number) =>
        new Promise<void>((wake) => {
          if (milliseconds === 7 * 60_000) passTime = wake;
        }),
    };
    const opened = (test = await openTestCodeBuild({}, { clock }));
    const sleeps = ownSleeps();
    const { id } = await opened.start({
      buildspecOverride: buildspec({ build: [daemon(sleeps), sleeps.command()] }),
      timeoutInMinutesOverride: 7,
    });
    await untilRunning(sleeps, 2);
    passTime();
    expect((await opened.until(id)).buildStatus).toBe('TIMED_OUT');
    expect(sleeps.running()).toBe(0);
  });

  isolated('A process that ends when asked has time for it', async () => {
    const opened = (test = await openTestCodeBuild({ graceMs: 60_000 }));
    const sleeps = ownSleeps();
    const patient = `(setsid env -i bash -c 'trap "sleep 0.3; echo was asked; exit" TERM; ${sleeps.command()} & wait' &)`;
    const started = await opened.start(buildspec({ build: [patient, sleeps.command()] }));
    await untilRunning(sleeps, 2);
    const { build } = await opened.codeBuild.operations.StopBuild({ id: started.id });
    expect(await opened.lines(build)).toContain('was asked');
  });
});

describe('Folders of the machine in a build', () => {
  async function linesOf(commands: string[], rest: object = {}, more: object = {}): Promise<string[]> {
    test ??= await openTestCodeBuild();
    const build = await test.run({ buildspecOverride: buildspec({ build: commands }, rest), ...more });
    expect(build.buildStatus).toBe('SUCCEEDED');
    return test.lines(build);
  }

  isolated('A folder of /tmp that PATH names stays visible, with its programs', async () => {
    const tools = await mkdtemp(join(tmpdir(), 'codeseeder tools-'));
    await mkdir(join(tools, 'bin'));
    await writeFile(join(tools, 'bin', 'own-tool'), '#!/bin/sh\necho from the tool\n', { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = [before, join(tools, 'bin')].join(delimiter);
    try {
      expect(await linesOf(['own-tool'])).toEqual(['from the tool']);
    } finally {
      process.env.PATH = before;
      await rm(tools, { recursive: true });
    }
  });

  isolated("Artifacts are read from the build's own /tmp, also through links", async () => {
    const strange = await mkdtemp(join(tmpdir(), 'codeseeder-strange-'));
    await writeFile(join(strange, 'file'), 'of the machine');
    try {
      await linesOf(
        [
          `mkdir -p /tmp/out ${strange}; echo -n of the build >${strange}/file; echo -n plain >/tmp/out/plain`,
          `ln -s ${strange}/file /tmp/out/link; ln -s /tmp/out folder; ln -s $HOME/../../../../identity.json /tmp/out/no`,
        ],
        { artifacts: { 'base-directory': 'folder', files: ['**/*'] } },
        { artifactsOverride: { type: 'S3', location: 'results', path: '', name: 'of' } },
      );
      const uploaded = [...(test?.objects.all ?? [])].map(([key, body]) => [key, body.toString()]);
      expect(Object.fromEntries(uploaded)).toEqual({
        'results/of/link': 'of the build',
        'results/of/plain': 'plain',
      });
    } finally {
      await rm(strange, { recursive: true });
    }
  });

  const canLoseRights =
    process.getuid?.() !== 0 || spawnSync('setpriv', ['--bounding-set=-sys_admin', 'true']).status === 0;
  const withoutMounting = canLoseRights
    ? isolated
    : (title: string) => it.skip(`${title} (setpriv cannot take rights)`, () => {});

  withoutMounting('A build cannot undo its mounts, also as root', async () => {
    test = await openTestCodeBuild();
    const { dataFolder } = test.context;
    await writeFile(join(dataFolder, 'of-the-place'), 'hidden');
    const undo = `umount -l ${dataFolder}`;
    const lines = await linesOf([
      `(${undo}; unshare --mount ${undo}; unshare --user --map-root-user --mount ${undo}) >/dev/null 2>&1; true`,
      `cat ${dataFolder}/of-the-place 2>/dev/null || echo cannot read it`,
    ]);
    expect(lines).toEqual(['cannot read it']);
  });

  isolated("What a build puts in place of its shell's files is not read from the machine", async () => {
    const strange = await mkdtemp(join(tmpdir(), 'codeseeder-strange-'));
    await writeFile(join(strange, 'file'), 'STOLEN=of the machine');
    const state = `$(dirname "$(tr '\\0' '\\n' </proc/1/cmdline | tail -n 1)")`;
    test = await openTestCodeBuild();
    try {
      const build = await test.run({
        buildspecOverride: buildspec(
          {
            build: [
              `for name in variables expanded; do ln -s ${strange}/file "${state}/$name"; done; touch out`,
            ],
          },
          {
            env: { 'exported-variables': ['STOLEN'] },
            artifacts: { name: '$MARK', files: ['out'] },
          },
        ),
        environmentVariablesOverride: [{ name: 'MARK', value: 'own', type: 'PLAINTEXT' }],
        artifactsOverride: {
          type: 'S3',
          location: 'results',
          path: '',
          name: 'of',
          overrideArtifactName: true,
        },
      });
      expect(build.exportedEnvironmentVariables).toEqual([{ name: 'STOLEN', value: '' }]);
      expect([...test.objects.all.keys()]).toEqual(['results/own/out']);
    } finally {
      await rm(strange, { recursive: true });
    }
  });

  isolated('A build leaves nothing in the folders that it had for itself', async () => {
    const name = `codeseeder-${randomUUID()}`;
    await linesOf([
      `touch /tmp/${name} /var/tmp/${name} /dev/shm/${name}; mkdir /var/${name} 2>/dev/null; true`,
    ]);
    for (const folder of ['/tmp', '/var/tmp', '/dev/shm', '/var']) {
      expect(await readdir(folder)).not.toContain(name);
    }
    expect(await readdir(join(test?.context.dataFolder ?? '', 'codebuild', 'work'))).toEqual([]);
  });
});

describe('Builds without namespaces', () => {
  it('Builds share the machine if the local AWS is started with this option', async () => {
    test = await openTestCodeBuild({ isolation: 'none' });
    expect(test.codeBuild.isolation).toEqual({
      kind: 'none',
      reason: 'The local AWS was started without namespaces for builds.',
    });
    const build = await test.run(buildspec({ build: ['echo "$TMPDIR"; [ -e /proc/$PPID ] && echo $PPID'] }));
    const [temporary, parent] = await test.lines(build);
    expect(temporary).toBe(
      join(test.context.dataFolder, 'codebuild/work', build.id.split(':')[1] ?? '', 'tmp'),
    );
    expect(Number(parent)).toBeGreaterThan(1);
  });

  it('Builds share the machine if the system does not allow namespaces, and the reason is reported', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'codeseeder-refusing-'));
    const message = 'unshare: unshare failed: Operation not permitted';
    await writeFile(join(folder, 'unshare'), `#!/bin/sh\necho '${message}' >&2\nexit 1\n`, { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = [folder, before].join(delimiter);
    try {
      test = await openTestCodeBuild();
    } finally {
      process.env.PATH = before;
      await rm(folder, { recursive: true });
    }
    expect(test.codeBuild.isolation).toEqual({
      kind: 'none',
      reason:
        process.platform === 'linux'
          ? `The system does not allow namespaces: ${message}.`
          : 'Isolating builds needs the namespaces of Linux.',
    });
    expect((await test.run(buildspec({ build: ['true'] }))).buildStatus).toBe('SUCCEEDED');
  });
});
