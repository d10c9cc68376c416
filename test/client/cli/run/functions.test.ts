import path from 'node:path';

import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { main } from '../../../../client/cli/main.js';
import { createProjects } from '../../bundle/project.js';
import { bucket, resetAccount, mockExecution, states } from '../../mocked-account.js';
import { aTerminal, runMain } from '../a-terminal.js';

const KITS = path.resolve(import.meta.dirname, '../../../fixtures/kits');
const BUILT_MAIN = path.resolve(import.meta.dirname, '../../../../dist/client/cli/main.js');
const KIT = `${KITS}/kit.ts`;

interface Request {
  readonly runId: string;
  readonly seedkit: string;
  readonly build: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

const projects = createProjects();
afterAll(() => projects.removeAll());

beforeEach(() => {
  // A module that an earlier test imported may wait forever for a refused call. Without this line, all later calls of
  // the process would be refused, too.
  Reflect.deleteProperty(globalThis, Symbol.for('codeseeder.importedCalls'));
  resetAccount();
  mockExecution({ status: 'RUNNING' });
});

const requests = () =>
  states
    .commandCalls(StartExecutionCommand)
    .map((call) => JSON.parse(call.args[0].input.input ?? 'null') as Request);
const invocationOf = (runId: string) =>
  JSON.parse(bucket.get(`runs/${runId}/input/invocation.json`)?.toString() ?? 'null') as unknown;

/** A module that exports a function of a kit. */
const MARKED = `import { kit } from '${KIT}'; export const f = kit.remoteFunction(import.meta, async function f() {});`;

async function aUser(files: Readonly<Record<string, string>>) {
  const project = await projects.make();
  await project.write({ 'package.json': '{"type":"module"}', ...files });
  return project;
}

/** Starts a detached run. */
const start = (...words: readonly string[]) => runMain(['run', '--detach', ...words]);

describe('marked function', () => {
  it('A marked function starts the same run from the command line as from code', async () => {
    const { deploy } = await import('../../../fixtures/kits/kit.js');
    await deploy.with({ runId: 'by-code' }).submit('dev');
    // The fixture must use the built package, because its code in the bundle differs from the sources' code in white
    // space.
    const built = (await import(BUILT_MAIN)) as { main: typeof main };
    const words = ['run', '--detach', '--run-id', 'by-command', `${KIT}#deploy`, '"dev"'];

    expect(await built.main(words, aTerminal())).toBe(0);
    const [byCode, byCommand] = requests();
    expect(byCommand).toEqual(JSON.parse(JSON.stringify(byCode).replaceAll('by-code', 'by-command')));
    expect(byCommand).toMatchObject({ seedkit: 'demo', build: { timeoutMinutes: 77, image: 'function' } });
    expect(invocationOf('by-command')).toEqual(invocationOf('by-code'));
  });

  it('The options of a marked function are overridden by the options file and then by flags', async () => {
    const project = await projects.make();
    await project.write({
      'run.json': JSON.stringify({
        environment: { REGION: 'file', SECRET: { value: 'a:b', type: 'SECRETS_MANAGER' } },
        build: { preBuildCommands: ['echo file'], image: 'file', queuedTimeoutMinutes: 30 },
        labels: { of: 'file' },
      }),
    });
    await start(
      ...['--options', project.at('run.json'), '--image', 'flag', '-e', 'MORE=1', '-l', 'of=flag'],
      ...['--pre-build-command', 'echo flag', '--exported-variable', 'VPC_ID', `${KIT}#deploy`, '"dev"'],
    );

    expect(requests()).toMatchObject([
      {
        build: {
          timeoutMinutes: 77,
          queuedTimeoutMinutes: 30,
          image: 'flag',
          preBuildCommands: ['echo kit', 'echo function', 'echo file', 'echo flag'],
          exportedVariables: ['VPC_ID'],
          environment: {
            STAGE: { value: 'prod', type: 'PLAINTEXT' },
            REGION: { value: 'file', type: 'PLAINTEXT' },
            SECRET: { value: 'a:b', type: 'SECRETS_MANAGER' },
            MORE: { value: '1', type: 'PLAINTEXT' },
          },
        },
        labels: { team: 'kit', of: 'flag' },
      },
    ]);
  });

  it('A function exported after `with()` keeps its call options and run id', async () => {
    const { stdout } = await start(`${KIT}#nightly`, '"dev"');

    expect(stdout).toBe('nightly\n');
    expect(requests()).toMatchObject([{ runId: 'nightly', labels: { of: 'call' } }]);
  });

  it('A function that another module re-exports can be run', async () => {
    await start('--run-id', 'passed-on', `${KITS}/passed-on.ts#network`, '"dev"');

    expect(requests()).toMatchObject([{ build: { timeoutMinutes: 77 } }]);
    expect(invocationOf('passed-on')).toMatchObject({
      target: { module: 'test/fixtures/kits/passed-on.ts', exportName: 'network' },
    });
  });

  it('A marked function runs in its own kit, even if CODESEEDER_SEEDKIT names another', async () => {
    process.env['CODESEEDER_SEEDKIT'] = 'another';
    try {
      expect(await start(`${KIT}#deploy`, '"dev"')).toMatchObject({ exitCode: 0 });
    } finally {
      delete process.env['CODESEEDER_SEEDKIT'];
    }

    expect(requests()).toMatchObject([{ seedkit: 'demo' }]);
  });

  it('A marked function is refused if --seedkit names another kit', async () => {
    const { exitCode, stderr } = await start('--seedkit', 'another', `${KIT}#deploy`, '"dev"');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /is a function of the seedkit demo, and --seedkit names another\. Leave out --seedkit/,
    );
    expect(states.calls()).toEqual([]);
    expect(bucket.size).toBe(0);
  });

  it('A module can be named without its extension, or by the extension of its compiled file', async () => {
    for (const file of ['kit', 'kit.js']) await start(`${KITS}/${file}#deploy`, '"dev"');

    expect(requests()).toMatchObject([{ seedkit: 'demo' }, { seedkit: 'demo' }]);
  });

  it.each([
    ['awaits', 'await f(); export {};'],
    ['does not await', 'void f();'],
  ])('A call of the function during the import is refused if the module %s it', async (_how, call) => {
    const project = await aUser({ 'main.ts': `${MARKED} ${call}` });
    const { exitCode, stderr } = await start(`${project.at('main.ts')}#f`);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /PackFailed: .*main\.ts calls a remote function of the seedkit demo while it is imported/,
    );
    expect(states.calls()).toEqual([]);
  });

  it('A later call by the module itself is ignored with a warning', async () => {
    const project = await aUser({
      'main.ts': `${MARKED} async function main() { await new Promise((go) => setTimeout(go, 1)); await f(); }
        setTimeout(() => void f(), 1); void main();`,
    });
    const { exitCode, stderr } = await start(`${project.at('main.ts')}#f`);
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(exitCode).toBe(0);
    expect(requests()).toHaveLength(1);
    expect(stderr).toMatch(
      /main\.ts calls a remote function of the seedkit demo by itself\. The call is ignored/,
    );
  });

  it('A missing export is reported with the existing ones before anything is sent', async () => {
    const { exitCode, stderr } = await start(`${KIT}#none`);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /TargetNotFound: .*kit\.ts does not export none; it exports deploy, kit, nightly, plain\./,
    );
    expect((await start(`${KIT}#kit`)).stderr).toContain('exports kit, which is not a function');
    expect((await start(`${path.dirname(KIT)}#kit`)).stderr).toContain('is a folder. Name a file in it.');
    const other = await start(`${path.resolve('run-tests.ts')}#kit`);
    expect(other.stderr).toContain(`does not exist. Did you mean ${path.resolve('run-tests.mjs')}?`);
    const misspelt = await start(`${path.resolve('run-test.mjs')}#kit`);
    expect(misspelt.stderr).toContain(`does not exist. Did you mean ${path.resolve('run-tests.mjs')}?`);
    expect((await start(`${KIT}#deplo`)).stderr).toMatch(/it exports [^.]*\. Did you mean deploy\?/);
    expect(bucket.size).toBe(0);
  });
});

describe('The names that a module exports, in the message about a missing one', () => {
  it.each([
    ['a.cjs', 'exports.check = () => 1; exports.summarize = () => 2;', 'check, summarize'],
    ['b.cjs', 'exports.check = () => 1; exports.default = () => 2;', 'check, default'],
    ['c.mjs', 'export const check = () => 1; export default () => 2;', 'check, default'],
    ['d.mjs', 'export default () => 2;', 'default'],
  ])('%s with `%s` exports %s', async (file, source, names) => {
    const project = await aUser({ [file]: source });
    const { stderr } = await start(`${project.at(file)}#none`);
    expect(stderr).toContain(`does not export none; it exports ${names}. Export`);
  });
});

describe('unmarked function', () => {
  const DEMO = ['--seedkit', 'demo', '--region', 'eu-west-1'];

  it('An unmarked function runs with the options of the command only', async () => {
    await start(...DEMO, '--run-id', 'plain', '--timeout', '9', `${KIT}#plain`, '-1');

    expect(requests()).toMatchObject([{ build: { timeoutMinutes: 9 } }]);
    expect(requests()[0]?.build).not.toHaveProperty('preBuildCommands');
    expect(invocationOf('plain')).toMatchObject({ target: { exportName: 'plain' }, args: [-1] });
  });

  it('An unmarked function needs --seedkit', async () => {
    expect((await start(`${KIT}#plain`, '1')).stderr).toContain('No seedkit is named. Give --seedkit NAME');
  });

  it('An unmarked function runs with a warning if its module cannot be imported', async () => {
    const project = await projects.make();
    await project.write({
      'package.json': '{"type":"module"}',
      'main.ts': "if (process.platform !== 'none') throw new Error('not here'); export const f = () => 1;",
    });
    const { exitCode, stdout, stderr } = await start(...DEMO, '--json', `${project.at('main.ts')}#f`);

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/warning: .*main\.ts cannot be imported here: Error: not here/);
    expect(JSON.parse(stdout)).toMatchObject({
      warnings: [{ message: expect.stringContaining('not here') }],
    });
  });

  it('A function is not started if its module imports this package and cannot be imported', async () => {
    const project = await projects.make();
    await project.write({
      'package.json': '{"type":"module"}',
      'node_modules/codeseeder/package.json': '{"name":"codeseeder","type":"module","exports":"./index.js"}',
      'node_modules/codeseeder/index.js':
        'export const seedkit = () => { throw new Error("no kit today"); };',
      'main.ts': "import { seedkit } from 'codeseeder'; seedkit('demo'); export const f = () => 1;",
    });
    const { exitCode, stderr } = await start(...DEMO, `${project.at('main.ts')}#f`);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/PackFailed: .*main\.ts cannot be imported here: Error: no kit today/);
    expect(states.calls()).toEqual([]);
  });
});
