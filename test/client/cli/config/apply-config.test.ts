import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createProjects } from '../../bundle/project.js';
import { cloudFormation, mockExecution, resetAccount, states } from '../../mocked-account.js';
import { runMain } from '../a-terminal.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

/** A module with a kit `demo`, which uses the built package. */
const KIT = new URL('../../../fixtures/kits/kit.ts', import.meta.url).pathname;

const VARIABLES = [
  'CODESEEDER_SEEDKIT',
  'CODESEEDER_ENVIRONMENT',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_CONFIG_FILE',
  'AWS_ENDPOINT_URL',
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
];
const BEFORE = { ...process.env };

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
});

afterEach(() => {
  for (const name of VARIABLES) delete process.env[name];
  Object.assign(process.env, BEFORE);
});

const CONFIG = {
  seedkit: 'base-kit',
  region: 'eu-west-1',
  options: {
    labels: { team: 'config' },
    build: { image: 'of-config', queuedTimeoutMinutes: 40, preBuildCommands: ['echo config'] },
  },
  environments: { prod: { seedkit: 'prod-kit', region: 'eu-central-1' }, far: { profile: 'far' } },
};

async function aProject(config: unknown = CONFIG, files: Readonly<Record<string, string>> = {}) {
  const project = await projects.make();
  await project.write({ '.git/HEAD': '', 'codeseeder.config.json': JSON.stringify(config), ...files });
  return project;
}

/** Returns the end of `runs list` in a folder: the message names the seedkit and the region. */
async function listed(words: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  Object.assign(process.env, variables);
  cloudFormation
    .on(DescribeStacksCommand)
    .rejects(new Error('Stack with id aws-codeseeder-demo does not exist'));
  const { at } = await aProject();
  const { stderr, exitCode } = await runMain(['runs', 'list', ...words], {
    workingFolder: at('.'),
    environment: variables,
  });
  expect(exitCode).toBeGreaterThan(0);
  return stderr;
}

describe('Seedkit and region of a command', () => {
  it.each<[string, string[], Record<string, string>, string, string]>([
    ['the config', [], {}, 'base-kit', 'eu-west-1'],
    ['the environment of `--environment`', ['--environment', 'prod'], {}, 'prod-kit', 'eu-central-1'],
    ['CODESEEDER_ENVIRONMENT', [], { CODESEEDER_ENVIRONMENT: 'prod' }, 'prod-kit', 'eu-central-1'],
    [
      'variables',
      [],
      { CODESEEDER_SEEDKIT: 'of-variable', AWS_REGION: 'us-east-2' },
      'of-variable',
      'us-east-2',
    ],
    [
      'flags',
      ['-s', 'of-flag', '--region', 'ap-south-1'],
      { CODESEEDER_SEEDKIT: 'of-variable', AWS_REGION: 'us-east-2' },
      'of-flag',
      'ap-south-1',
    ],
  ])('Seedkit and region are those of %s', async (_, words, variables, kit, region) => {
    const message = await listed(words, variables);

    expect(message).toContain(`No seedkit "${kit}" is deployed in region ${region}`);
  });

  it('A command warns if a variable overrides what `--environment` chose', async () => {
    const message = await listed(['--environment', 'prod'], { CODESEEDER_SEEDKIT: 'mine' });

    expect(message).toContain(
      'warning: CODESEEDER_SEEDKIT=mine overrides seedkit prod-kit of the environment prod\n',
    );
    expect(message).toContain('No seedkit "mine" is deployed in region eu-central-1');
  });

  it('The profile of an environment is used, unless a variable gives credentials', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('does not exist'));
    const config = { seedkit: 'demo', environments: { far: { profile: 'far' } } };
    const profiles = '[default]\nregion = us-east-1\n[profile far]\nregion = ap-south-1\n';
    const { at } = await aProject(config, { config: profiles });
    process.env['AWS_CONFIG_FILE'] = at('config');
    const list = (environment: Record<string, string>) =>
      runMain(['runs', 'list', '--environment', 'far'], { workingFolder: at('.'), environment });

    expect((await list({})).stderr).toMatch(/^SeedkitNotFound: .+ in region ap-south-1/);
    const { stderr } = await list({ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' });
    expect(stderr).toContain('warning: AWS_ACCESS_KEY_ID overrides profile far of the environment far\n');
    expect(stderr).toContain('in region us-east-1');
  });

  const LOCAL = { seedkit: 'demo', environments: { local: { local: true }, far: { region: 'ap-south-1' } } };

  /** Lists runs in the environment `local` of a project whose local AWS of `demo` has the endpoint. */
  async function listedLocally(endpoint: string | undefined, words: readonly string[] = []) {
    const { at, write } = await aProject(LOCAL);
    if (endpoint !== undefined) {
      const place = { endpoint, port: 1, pid: process.pid, region: 'eu-north-1', account: '000000000000' };
      const credentials = { accessKeyId: 'AKLOCAL', secretAccessKey: 'secret' };
      const { account, region } = place;
      await write({
        'state/codeseeder/demo/place.json': JSON.stringify({ ...place, startedAt: 'now' }),
        'state/codeseeder/demo/identity.json': JSON.stringify({ account, region, credentials }),
      });
    }
    return runMain(['runs', 'list', '--environment', 'local', ...words], {
      workingFolder: at('.'),
      environment: { XDG_STATE_HOME: at('state'), AWS_ACCESS_KEY_ID: 'AKOTHER', AWS_REGION: 'us-east-1' },
    });
  }

  it('An environment with `local` uses the local AWS of its seedkit, in place of variables for AWS', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('does not exist'));
    Object.assign(process.env, { AWS_PROFILE: 'mine', AWS_REGION: 'us-east-1' });
    const { stderr } = await listedLocally('http://127.0.0.1:4321');

    expect(stderr).toMatch(/^SeedkitNotFound: .+ in the local AWS at http:/);
    expect(process.env).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4321',
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: 'AKLOCAL',
      CODESEEDER_SEEDKIT: 'demo',
    });
    expect(process.env).not.toHaveProperty('AWS_PROFILE');
  });

  it('An environment with `local` never reaches AWS: without a local AWS, the command says how to start it', async () => {
    const { stderr, exitCode } = await listedLocally(undefined);

    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: The local AWS of demo is not up.\nTo start it: codeseeder local up demo --detach\n',
      exitCode: 2,
    });
    expect(cloudFormation.calls()).toEqual([]);
  });

  it('A command warns if a variable sends another environment to a local AWS', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('does not exist'));
    const { at } = await aProject(LOCAL);
    const { stderr } = await runMain(['runs', 'list', '--environment', 'far'], {
      workingFolder: at('.'),
      environment: { AWS_ENDPOINT_URL: 'http://me:secret@127.0.0.1:1' },
    });

    expect(stderr).toContain(
      'warning: AWS_ENDPOINT_URL=http://127.0.0.1:1 overrides the environment far, which is not local\n',
    );
  });

  it('A mistake in the config ends the command with exit code 2', async () => {
    const { at } = await aProject({ seedkit: 'kit', environmets: {} });
    const { exitCode, stderr } = await runMain(['runs', 'list'], { workingFolder: at('.') });

    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `ConfigInvalid: ${at('codeseeder.config.json')} is not a valid config: environmets is not known. Did you mean environments?\n`,
    });
  });
});

describe('Default options of a config', () => {
  const requests = () =>
    states
      .commandCalls(StartExecutionCommand)
      .map((call) => JSON.parse(call.args[0].input.input ?? 'null') as unknown);

  it('A command has them, below the options of flags', async () => {
    const { at } = await aProject();
    const words = ['run', '-d', '--pre-build-command', 'echo flag', '-l', 'of=flag', '--', 'ls'];
    await runMain(words, { workingFolder: at('.') });

    expect(requests()).toMatchObject([
      {
        seedkit: 'base-kit',
        build: { image: 'of-config', preBuildCommands: ['echo config', 'echo flag'] },
        labels: { team: 'config', of: 'flag' },
      },
    ]);
  });

  it('A marked function has them below the options in code, in the seedkit and region of its code', async () => {
    const { at } = await aProject();
    await runMain(['run', '-d', `${KIT}#deploy`, '"dev"'], { workingFolder: at('.') });

    expect(requests()).toMatchObject([
      {
        seedkit: 'demo',
        build: {
          image: 'function',
          timeoutMinutes: 77,
          queuedTimeoutMinutes: 40,
          preBuildCommands: ['echo config', 'echo kit', 'echo function'],
        },
        labels: { team: 'kit', of: 'function' },
      },
    ]);
  });

  it('A function of another seedkit than that of `--environment` is refused', async () => {
    const { at } = await aProject();
    const { stderr } = await runMain(['run', '-d', '--environment', 'prod', `${KIT}#deploy`, '"dev"'], {
      workingFolder: at('.'),
    });

    expect(stderr).toContain('is a function of the seedkit demo, and --environment names prod-kit');
  });
});
