import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { askedIds, complete } from '../../../../client/cli/completion/complete.js';
import { namesIn } from '../../../../client/cli/completion/known-names.js';
import { recentIds } from '../../../../client/cli/completion/recent-ids.js';
import { splitLine } from '../../../../client/cli/completion/split-line.js';
import { createProgram } from '../../../../client/cli/program.js';
import { aMapRecord } from '../../../contract/builders.js';
import { aRecord, dynamoDb, resetAccount } from '../../mocked-account.js';
import { aTerminal, runMain } from '../a-terminal.js';

const program = createProgram(aTerminal(), undefined, () => undefined);
const NAMES = {
  seedkits: ['my-kit', 'prod-kit'],
  environments: ['prod', 'dev'],
  ids: [
    { value: 'r-2', description: 'FAILED, 2m ago: a.ts#b' },
    { value: 'r-1', description: 'SUCCEEDED, 1h ago: my name' },
  ],
};
const completed = (...words: string[]) => complete(program, words, NAMES);
const valuesAfter = (...words: string[]) => completed(...words).candidates.map(({ value }) => value);

describe('complete', () => {
  it('The first word is completed with the commands that users call, with their descriptions', () => {
    expect(valuesAfter('ru')).toEqual(['run', 'runs']);
    expect(valuesAfter('')).toEqual(
      program.commands.map((one) => one.name()).filter((name) => name !== 'complete'),
    );
    expect(completed('docto').candidates).toEqual([
      { value: 'doctor', description: 'check this machine, credentials, rights, quotas and the seedkit' },
    ]);
  });

  it('Subcommands, options and choices are completed as the program has them', () => {
    expect(valuesAfter('runs', 'c')).toEqual(['cancel']);
    expect(valuesAfter('local', 'secret', '')).toEqual(['set']);
    expect(valuesAfter('runs', 'list', '--st')).toEqual(['--status']);
    expect(valuesAfter('run', '--lock-mode', '')).toEqual(['wait', 'refuse', 'replace']);
    expect(valuesAfter('run', '--lock-mode=re')).toEqual(['--lock-mode=refuse', '--lock-mode=replace']);
    expect(valuesAfter('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(valuesAfter('deploy', '--ap')).toEqual(['--app']);
    expect(valuesAfter('runs', 'list', '')).toContain('--since');
    expect(valuesAfter('runs', 'list', '--since', '')).toEqual([]);
  });

  it.each([
    [['run', '--seedkit', 'p']],
    [['runs', 'show', 'an-id', '-s', 'p']],
    [['deploy', 'seedkit', 'p']],
    [['local', 'down', '--json', 'p']],
  ])('The name of a seedkit is completed in %j', (words) => {
    expect(valuesAfter(...words)).toEqual(['prod-kit']);
  });

  it('The name of an environment is completed', () => {
    expect(valuesAfter('run', '--environment', '')).toEqual(['prod', 'dev']);
    expect(valuesAfter('doctor', '--environment=p')).toEqual(['--environment=prod']);
  });

  it.each([
    ['runs', 'show', ''],
    ['runs', 'logs', '--follow', ''],
    ['runs', 'wait', '--timeout', '5', ''],
    ['runs', 'cancel', 'r-0', ''],
    ['runs', 'again', '--region=eu-west-1', ''],
  ])('The id of a run is completed, the newest first, in %s %s %s', (...words) => {
    expect(valuesAfter(...words)).toEqual(['latest', 'r-2', 'r-1']);
    expect(askedIds(program, words)).toMatchObject({ of: 'run' });
  });

  it('`targets wait`, which finds no short ids, is completed with whole ids alone', () => {
    expect(valuesAfter('targets', 'wait', '')).toEqual(['r-2', 'r-1']);
    expect(askedIds(program, ['targets', 'wait', ''])).toEqual({ of: 'run' });
  });

  it.each([
    ['maps', 'show', ''],
    ['maps', 'wait', '--json', ''],
    ['maps', 'cancel', ''],
    ['maps', 'again', '--concurrency', '5', ''],
  ])('The id of a map is completed in %s %s %s', (...words) => {
    expect(valuesAfter(...words)).toEqual(['latest', 'r-2', 'r-1']);
    expect(askedIds(program, words)).toMatchObject({ of: 'map' });
  });

  it('Runs are asked for with the seedkit, the region and the profile of the line', () => {
    const line = ['runs', 'show', '-s', 'kit', '--region=eu-west-1', '--profile', 'dev', ''];
    expect(askedIds(program, line)).toEqual({
      of: 'run',
      seedkit: 'kit',
      region: 'eu-west-1',
      profile: 'dev',
    });
  });

  it.each([
    ['runs', 'show', '--re'],
    ['runs', 'again', 'r-1', '--run-id', ''],
    ['runs', 'show', 'r-1', ''],
    ['runs', 'list', ''],
    ['start', ''],
    [''],
  ])('No runs are asked for if the next word is no id of a run: %s %s %s', (...words) => {
    expect(askedIds(program, words)).toBeUndefined();
  });

  it.each([
    [['run', '--file', ''], 'files', ''],
    [['run', '--file', 'a/b=x'], 'files', 'a/b='],
    [['run', '--file=x'], 'files', '--file='],
    [['run', '--options', 'x'], 'files', ''],
    [['run', 'src/de'], 'files', ''],
    [['run', 'a.ts#f', '@in'], 'files', '@'],
    [['run', '--kwargs', '@in'], 'files', '@'],
    [['map', 'a.ts#f', 'in'], 'files', ''],
    [['run', '--', 'npm', 'te'], 'files', ''],
    [['execute', '--args-file', ''], 'files', ''],
    [['run', '--dir', 'x'], 'folders', ''],
    [['run', '--dir', 'x=y'], 'folders', 'x='],
    [['run', '--local-module', 'shop=./s'], 'files', 'shop='],
    [['deploy', 'modules', 'my-kit', '--module', '@team/tools:./p'], 'folders', '@team/tools:'],
    [['local', 'up', '--data', ''], 'folders', ''],
    [['init', ''], 'folders', ''],
    [['run', '--run-id', 'x'], 'values', ''],
    [['run', 'a.ts#f', '"x'], 'values', ''],
    [['start', 'x'], 'values', ''],
  ] as const)('After %j, the shell completes %s', (words, kind, prefix) => {
    expect(completed(...words)).toMatchObject({ kind, prefix, candidates: [] });
  });
});

describe('The names of a config', () => {
  it('The names of a config are read from its source, in TypeScript and in JSON, and no code runs', () => {
    const config = {
      seedkit: 'my-kit',
      options: { labels: { environments: 'none', team: 'data' } },
      environments: { 'prod-eu': { seedkit: 'prod-kit', options: { build: {} } }, dev: {} },
    };
    const source = `
      // environments: { commented: {} }
      const kit: string = other(); /* seedkit: 'commented' */
      export default defineConfig({
        seedkit: "my-kit", region: process.env.REGION ?? 'eu-west-1',
        environments: { 'prod-eu': { seedkit: 'prod-kit', options: { build: { timeoutMinutes: 5 } } }, dev: {} },
        profile: 'x',
      });`;
    const names = { seedkits: ['my-kit', 'prod-kit'], environments: ['prod-eu', 'dev'] };

    expect(namesIn(source)).toEqual(names);
    expect(namesIn(JSON.stringify(config, undefined, 2))).toEqual(names);
    expect(namesIn('}}}: {{{ environments: {')).toEqual({ seedkits: [], environments: [] });
  });
});

describe('splitLine', () => {
  it.each([
    ['codeseeder ', ['codeseeder', '']],
    ['codeseeder runs  sh', ['codeseeder', 'runs', 'sh']],
    [`codeseeder run 'a b.ts#f' "x \\"y`, ['codeseeder', 'run', 'a b.ts#f', 'x "y']],
    ['codeseeder run --file a\\ b\\', ['codeseeder', 'run', '--file', 'a b']],
    ['codeseeder run "$(touch x)" `y`', ['codeseeder', 'run', '$(touch x)', '`y`']],
    ["codeseeder run 'open ", ['codeseeder', 'run', 'open ']],
    ['', ['']],
  ])('`splitLine` splits %j as bash does, and evaluates nothing', (line, words) => {
    expect(splitLine(line)).toEqual(words);
  });
});

describe('The runs that a shell completes', () => {
  const region = 'eu-west-1';
  beforeEach(() => resetAccount());

  it('The newest 20 runs of a seedkit have status, age and target as descriptions', async () => {
    const queuedAt = new Date(Date.now() - 125_000).toISOString();
    const record = aRecord({ status: 'FAILED', queuedAt, target: 'a.ts#b' });
    const items = [marshall(record, { removeUndefinedValues: true })];
    dynamoDb.on(QueryCommand).resolvesOnce({ Items: items }).resolves({ Items: [] });
    expect(await recentIds({ of: 'run', seedkit: 'demo', region }, aTerminal())).toEqual([
      { value: 'run-1', description: 'FAILED, 2m ago: a.ts#b' },
    ]);
    expect(dynamoDb.commandCalls(QueryCommand)[0]?.args[0].input.Limit).toBe(20);
  });

  it('Maps have the same descriptions', async () => {
    const queuedAt = new Date(Date.now() - 125_000).toISOString();
    const record = aMapRecord({ mapId: 'map-1', status: 'FAILED', queuedAt, target: 'a.ts#b' });
    dynamoDb
      .on(QueryCommand)
      .resolvesOnce({ Items: [marshall(record)] })
      .resolves({ Items: [] });
    expect(await recentIds({ of: 'map', seedkit: 'demo', region }, aTerminal())).toEqual([
      { value: 'map-1', description: 'FAILED, 2m ago: a.ts#b' },
    ]);
  });

  it('Nothing is asked of AWS if no seedkit is named, or if the environment of a config may be elsewhere', async () => {
    const inEnvironment = aTerminal({
      environment: { CODESEEDER_ENVIRONMENT: 'prod', CODESEEDER_SEEDKIT: 'demo' },
    });
    expect(await recentIds({ of: 'run', region }, aTerminal())).toEqual([]);
    expect(await recentIds({ of: 'run', seedkit: 'demo', environment: 'prod', region }, aTerminal())).toEqual(
      [],
    );
    expect(await recentIds({ of: 'run', region }, inEnvironment)).toEqual([]);
    expect(dynamoDb.calls()).toHaveLength(0);
  });

  it('A seedkit whose runs cannot be read completes none', async () => {
    dynamoDb.on(QueryCommand).rejects(new Error('denied'));
    const terminal = aTerminal({ environment: { CODESEEDER_SEEDKIT: 'demo' } });
    expect(await recentIds({ of: 'run', region }, terminal)).toEqual([]);
    expect(dynamoDb.calls().length).toBeGreaterThan(0);
  });
});

describe('codeseeder completion', () => {
  it('`codeseeder completion` prints the script of a shell, and `complete` is not in the help', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect((await runMain(['completion', shell])).stdout).toContain(`complete ${shell} --`);
    }
    expect((await runMain(['--help'])).stdout).not.toMatch(/^ +complete /m);
    expect(await runMain(['completion', 'tcsh'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Allowed choices are bash, zsh, fish'),
    });
  });

  it('`codeseeder complete` prints the kind, and then words with their descriptions', async () => {
    expect(await runMain(['complete', 'zsh', '--', 'runs', 'wa'])).toEqual({
      exitCode: 0,
      stdout:
        'values\t\nwait\twait for the end of a run and print its log; exit codes as of codeseeder run\n',
      stderr: '',
    });
    expect((await runMain(['complete', 'bash', '--', 'codeseeder run --file a=b'])).stdout).toBe(
      'files\ta=b\n',
    );
  });
});
