import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../client/bundle/project.js';
import { COMMAND_LINE, PROJECT, start, type Ended } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

/** Name of the shared seedkit. */
const NAME = 'e2e';
const projects = createProjects();
let place: SharedSeedkit;

beforeAll(async () => {
  place = await sharedSeedkit();
});
afterAll(async () => {
  await projects.removeAll();
});

/** Creates a project in which this package is installed. */
async function aProject(files: Readonly<Record<string, string>>): Promise<Project> {
  const project = await projects.make();
  await project.write({ 'package.json': '{"name":"user","version":"1.0.0"}', ...files });
  await mkdir(project.at('node_modules'), { recursive: true });
  await symlink(PROJECT, project.at('node_modules/codeseeder'));
  return project;
}

const inProject = (project: Project, args: readonly string[]): Promise<Ended> =>
  start(process.execPath, args, { ...place.environment, CODESEEDER_SEEDKIT: NAME }, project.folder).ended;
const run = (project: Project, ...words: readonly string[]) =>
  inProject(project, [COMMAND_LINE, 'run', ...words]);

describe('CommonJS modules', () => {
  /** CommonJS code as `tsc` compiles it. */
  const DEPLOY = `'use strict';
    Object.defineProperty(exports, '__esModule', { value: true });
    exports.deploy = void 0;
    exports.plain = plain;
    const codeseeder_1 = require('codeseeder');
    const kit = (0, codeseeder_1.seedkit)(process.env.CODESEEDER_SEEDKIT);
    exports.deploy = kit.remoteFunction(__filename, async (n) => n + 1);
    exports.default = kit.remoteFunction(__filename, async (n) => n + 3);
    function plain(n) { return n + 2; }`;

  it('A function of a CommonJS module runs by a call in code and from the command line', async () => {
    const project = await aProject({
      'deploy.js': DEPLOY,
      'call.mjs': `import { deploy } from './deploy.js';
        import { createRequire } from 'node:module';
        const required = createRequire(import.meta.url)('./deploy.js');
        const calls = [deploy(1), required.deploy(2), required.default(1)];
        console.log(JSON.stringify(await Promise.all(calls)));
        process.exit();`,
    });
    const [called, marked, plain] = await Promise.all([
      inProject(project, ['call.mjs']),
      run(project, 'deploy.js#deploy', '1'),
      run(project, 'deploy.js#plain', '1'),
    ]);

    expect(called).toMatchObject({ exitCode: 0, stdout: '[2,3,4]\n' });
    expect(marked).toMatchObject({ exitCode: 0, stdout: '2\n' });
    expect(plain).toMatchObject({ exitCode: 0, stdout: '3\n' });
  });

  it('A function of a TypeScript module runs without `type` in package.json', async () => {
    const project = await aProject({
      'deploy.cts': `import { seedkit } from 'codeseeder';
        const kit = seedkit('${NAME}');
        export const deploy = kit.remoteFunction(__filename, async (n: number) => n + 1);`,
    });

    expect(await run(project, 'deploy.cts#deploy', '1')).toMatchObject({ exitCode: 0, stdout: '2\n' });
  });
});

describe('Functions of a kit with options', () => {
  const ENV = `import { seedkit } from 'codeseeder';
    const kit = seedkit('${NAME}', {
      environment: { STAGE: 'prod' },
      build: { timeoutMinutes: 77, preBuildCommands: ['echo PREBUILD-RAN'] },
      dirs: { data: './infra' },
    });
    export const f = kit.remoteFunction(import.meta, async function f() {
      const { readdirSync } = await import('node:fs');
      return { stage: process.env.STAGE ?? 'UNSET', hasData: readdirSync('.').includes('data') };
    });`;

  it('A function returns the same from the command line as by a call in code', async () => {
    const project = await aProject({
      'package.json': '{"name":"user","type":"module"}',
      'env.ts': ENV,
      'main.ts': "import { f } from './env.ts'; console.log(JSON.stringify(await f())); process.exit();",
      'infra/a.txt': 'a',
    });
    const tsx = path.join(PROJECT, 'node_modules/tsx/dist/loader.mjs');
    const [byCode, byCommand] = await Promise.all([
      inProject(project, ['--import', tsx, 'main.ts']),
      run(project, '--json', 'env.ts#f'),
    ]);

    const value = { stage: 'prod', hasData: true };
    expect(JSON.parse(byCode.stdout)).toEqual(value);
    expect(JSON.parse(byCommand.stdout)).toMatchObject({ value, warnings: [], leftOut: [] });
    expect(byCommand.stderr).toContain('\nPREBUILD-RAN\n');
  });

  it('A function runs on the seedkit of its own kit, and another --seedkit is refused', async () => {
    const project = await aProject({
      'other.ts': `import { seedkit } from 'codeseeder';
        export const g = seedkit('production-kit').remoteFunction(import.meta, async function g() {});`,
    });
    const [own, other] = await Promise.all([
      run(project, 'other.ts#g'),
      run(project, '--seedkit', NAME, 'other.ts#g'),
    ]);

    expect(own).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('"production-kit"') });
    expect(other).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/seedkit production-kit, and --seedkit names e2e/),
    });
  });

  it('`run` prints only the value, and ends although the module keeps a timer open', async () => {
    const project = await aProject({
      'timer.ts': `import { seedkit } from 'codeseeder';
        console.log('printed while imported');
        // The build would wait a minute for the timer.
        if (process.env.CODEBUILD_BUILD_ID === undefined) setInterval(() => {}, 1_000);
        export const h = seedkit('${NAME}').remoteFunction(import.meta, async function h() { return 1; });`,
    });
    const { exitCode, stdout, stderr } = await run(project, 'timer.ts#h');

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '1\n' });
    expect(stderr).toContain('printed while imported');
  });

  it('`run` refuses a call that the module makes by the copy of this package that it imports', async () => {
    const project = await aProject({
      'calls.ts': `import { seedkit } from 'codeseeder';
        export const f = seedkit('${NAME}').remoteFunction(import.meta, async function f() { return 1; });
        await f();`,
    });
    const { exitCode, stdout, stderr } = await run(project, 'calls.ts#f');

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/calls\.ts calls a remote function of the seedkit e2e while it is imported/);
  });

  it('`run` exits with 2 when a module exits while it is imported', async () => {
    const project = await aProject({ 'exits.ts': 'process.exit(0); export const f = () => 1;' });
    const { exitCode, stderr } = await run(project, 'exits.ts#f');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/PackFailed: .*exits\.ts ended the process while it was imported/);
  });
});

describe('Commands with a folder', () => {
  it('A command with one folder starts in it, from the command line and by a call in code', async () => {
    const project = await aProject({
      'infra/hello.sh': 'echo "hello from $(basename "$PWD")"',
      'main.mjs': `import { seedkit } from 'codeseeder';
        await seedkit('${NAME}').commands(['bash hello.sh'], { dirs: { app: './infra' }, workingDirectory: 'app', onLog: console.log });
        process.exit();`,
    });
    const [byCommand, byCode] = await Promise.all([
      run(project, '--dir', './infra', '--', 'bash hello.sh'),
      inProject(project, ['main.mjs']),
    ]);

    expect(byCommand).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('\nhello from dir\n') });
    expect(byCode).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('hello from app') });
  });
});
