import { Readable } from 'node:stream';

import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { OPTION_FLAGS } from '../../../../client/cli/run/option-flags.js';
import { writtenOptionsSchema } from '../../../../client/submit/parse-run-options.js';
import { buildOptionsSchema } from '../../../../lib/contract/index.js';
import { createProjects } from '../../bundle/project.js';
import { bucket, resetAccount, mockExecution, states } from '../../mocked-account.js';
import { packedPaths } from '../../packed-paths.js';
import { runMain } from '../a-terminal.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
});

const RUN = ['run', '--seedkit', 'demo', '--region', 'eu-west-1', '--detach', '--run-id', 'r-1'];
const requested = () =>
  JSON.parse(states.commandCalls(StartExecutionCommand)[0]?.args[0].input.input ?? 'null') as unknown;
const invocation = () =>
  JSON.parse(bucket.get('runs/r-1/input/invocation.json')?.toString() ?? 'null') as unknown;

describe('flags of run', () => {
  it('The flags of `run` set the options of the build', async () => {
    const { exitCode } = await runMain([
      ...RUN,
      ...['--timeout', '9', '--queued-timeout', '8', '--image', 'node:24', '--privileged'],
      ...['--compute-type', 'BUILD_GENERAL1_LARGE', '--environment-type', 'ARM_CONTAINER'],
      ...['--role', 'arn:aws:iam::000000000000:role/r', '--project', 'other'],
      ...['--fleet', 'arn:aws:codebuild:eu-west-1:000000000000:fleet/f:1'],
      ...['--runtime-version', 'nodejs=24', '--runtime-version', 'python=3.12'],
      ...['--package', 'aws-cdk@^2', '--package', '@team/tool@1.0.0', '--package', 'npm'],
      ...['--npm-mirror', 'https://npm.example.com', '--pypi-mirror', 'https://pypi.example.com'],
      ...['--install-command', 'a', '--pre-build-command', 'b', '--pre-execution-command', 'c'],
      ...['--build-command', 'd', '--build-command', 'e', '--post-build-command', 'f'],
      ...['--exported-variable', 'A', '--exported-variable', 'B', '--', 'ls'],
    ]);

    expect(exitCode).toBe(0);
    expect(requested()).toMatchObject({
      build: {
        timeoutMinutes: 9,
        queuedTimeoutMinutes: 8,
        image: 'node:24',
        privileged: true,
        computeType: 'BUILD_GENERAL1_LARGE',
        environmentType: 'ARM_CONTAINER',
        role: 'arn:aws:iam::000000000000:role/r',
        project: 'other',
        fleet: 'arn:aws:codebuild:eu-west-1:000000000000:fleet/f:1',
        runtimeVersions: { nodejs: '24', python: '3.12' },
        packages: { 'aws-cdk': '^2', '@team/tool': '1.0.0', npm: 'latest' },
        npmMirror: 'https://npm.example.com',
        pypiMirror: 'https://pypi.example.com',
        installCommands: ['a'],
        preBuildCommands: ['b'],
        preExecutionCommands: ['c'],
        buildCommands: ['d', 'e'],
        postBuildCommands: ['f'],
        exportedVariables: ['A', 'B'],
      },
    });
  });

  it('`run` has a flag for every option of the build except those of Python and those that only `--options` takes', () => {
    const flagged = OPTION_FLAGS.map(({ option }) => option);
    const ofBuild = Object.keys(buildOptionsSchema.shape).map((name) => `build.${name}`);

    expect(Object.keys(writtenOptionsSchema.shape)).toEqual(
      expect.arrayContaining(flagged.filter((option) => !option.startsWith('build.'))),
    );
    expect(ofBuild).toEqual(expect.arrayContaining(flagged.filter((option) => option.startsWith('build.'))));
    expect(ofBuild.filter((option) => !flagged.includes(option)).sort()).toEqual([
      'build.abortPhasesOnFailure',
      'build.environment',
      'build.pipxModules',
      'build.pythonInstaller',
      'build.pythonModules',
    ]);
  });

  it('`--dir` and `--file` include folders and files under their own or the given names', async () => {
    const project = await projects.make();
    await project.write({ 'infra/a.txt': '', 'x=y/b.txt': '', 'c.json': '{}' });
    await runMain([
      ...[...RUN, '--dir', project.at('infra'), '--dir', `app=${project.at('infra')}`],
      ...['--dir', `odd=${project.at('x=y')}`],
      ...['--file', project.at('c.json'), '--file', `conf/d.json=${project.at('c.json')}`, '--', 'ls'],
    ]);

    expect(await packedPaths()).toEqual(
      expect.arrayContaining(['app/a.txt', 'c.json', 'conf/d.json', 'dir/a.txt', 'odd/b.txt']),
    );
  });

  it.each([
    [['--compute-type', 'HUGE'], 'Allowed choices are BUILD_GENERAL1_SMALL'],
    [['--queued-timeout', '1.5'], '--queued-timeout takes a whole number of minutes, not "1.5"'],
    [['--runtime-version', 'nodejs'], '--runtime-version takes NAME=VALUE, not "nodejs"'],
    [['--file', '.'], 'is not a file; use `dirs` or --dir for a folder'],
    [['--role', 'me'], 'build.role: must be the ARN of an IAM role'],
    [['--exported-variable', 'AWS_X'], 'a variable whose name starts with AWS_ cannot be exported'],
  ])('`run` refuses %j', async (flags, said) => {
    const { exitCode, stderr } = await runMain([...RUN, ...flags, '--', 'ls']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(said) });
    expect(bucket.size).toBe(0);
  });
});

describe('variables of run', () => {
  it('`--secret` and `--parameter` set variables whose values the build reads', async () => {
    const { exitCode } = await runMain([
      ...[...RUN, '-e', 'STAGE=dev', '--secret', 'TOKEN=codeseeder/demo/token:key'],
      ...['--parameter', 'SIZE=/codeseeder/demo/size', '--', 'ls'],
    ]);

    expect(exitCode).toBe(0);
    expect(requested()).toMatchObject({
      build: {
        environment: {
          STAGE: { value: 'dev', type: 'PLAINTEXT' },
          TOKEN: { value: 'codeseeder/demo/token:key', type: 'SECRETS_MANAGER' },
          SIZE: { value: '/codeseeder/demo/size', type: 'PARAMETER_STORE' },
        },
      },
    });
  });

  it.each([
    ['secretsmanager:app/token', '--secret TOKEN=app/token'],
    ['secrets-manager:app/token:key', '--secret TOKEN=app/token:key'],
    ['SECRETS_MANAGER:token', '--secret TOKEN=token'],
    ['{{resolve:secretsmanager:token:SecretString:password}}', '--secret TOKEN=token:password'],
    ['{{resolve:secretsmanager:token:SecretString}}', '--secret TOKEN=token'],
    ['ssm:/app/token', '--parameter TOKEN=/app/token'],
    ['PARAMETER_STORE:/app/token', '--parameter TOKEN=/app/token'],
    ['{{resolve:ssm-secure:/app/token:2}}', '--parameter TOKEN=/app/token:2'],
    ['${ssm:/app/token}', '--parameter TOKEN=/app/token'],
  ])('`--env TOKEN=%s` is refused with the flag that reads the value', async (value, flag) => {
    const { exitCode, stderr } = await runMain([...RUN, '-e', `TOKEN=${value}`, '--', 'ls']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--env TOKEN=${value} would set TOKEN to this text`);
    expect(stderr).toContain(`Give \`${flag}\` instead.`);
    expect(bucket.size).toBe(0);
  });

  it('`--env` takes an ARN, a URL and a text that only contains a reference', async () => {
    const texts = ['arn:aws:secretsmanager:eu-west-1:000000000000:secret:a', 'ssm://a', 'x ssm:a', 'ssm:'];
    const flags = texts.flatMap((text, index) => ['-e', `V${index}=${text}`]);
    await runMain([...RUN, ...flags, '--', 'ls']);

    expect(requested()).toMatchObject({
      build: {
        environment: Object.fromEntries(
          texts.map((value, index) => [`V${index}`, { value, type: 'PLAINTEXT' }]),
        ),
      },
    });
  });

  it('A file for `--options` can set a variable to a text that looks like a reference', async () => {
    const project = await projects.make();
    await project.write({ 'run.json': JSON.stringify({ environment: { TOKEN: 'ssm:/a' } }) });
    await runMain([...RUN, '--options', project.at('run.json'), '--', 'ls']);

    expect(requested()).toMatchObject({
      build: { environment: { TOKEN: { value: 'ssm:/a', type: 'PLAINTEXT' } } },
    });
  });

  it('A variable that two flags set is refused', async () => {
    const { exitCode, stderr } = await runMain([...RUN, '-e', 'A=1', '--secret', 'A=token', '--', 'ls']);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('--secret A=token gives A a second value.'),
    });
  });
});

describe('options file', () => {
  it('The options file accepts every option of a run that JSON can express', () => {
    expect(Object.keys(writtenOptionsSchema.shape)).toEqual(
      expect.arrayContaining(['build', 'dirs', 'nodeModules', 'bundledPackages', 'verify', 'aws', 'labels']),
    );
    expect(writtenOptionsSchema.shape.build.unwrap()).toBe(buildOptionsSchema);
  });

  it.each([
    ['{"biuld":{}}', /options file .*run\.json is not valid: Unrecognized key: "biuld"/],
    ['{"build":{"timeOut":5}}', /build: Unrecognized key: "timeOut"/],
    ['{"aws":{"credentials":{}}}', /aws: Unrecognized key: "credentials"/],
    ['{"dirs":["a"]}', /dirs: Invalid input: expected record/],
    ['[]', /expected object/],
    ['{', /--options .*run\.json is not JSON: SyntaxError/],
  ])('The options file %s is refused with the reason', async (content, said) => {
    const project = await projects.make();
    await project.write({ 'run.json': content });
    const { exitCode, stderr } = await runMain([...RUN, '--options', project.at('run.json'), '--', 'ls']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(said) });
    expect(bucket.size).toBe(0);
  });

  it('A missing options file is reported', async () => {
    const { exitCode, stderr } = await runMain([...RUN, '--options', 'none.json', '--', 'ls']);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(/--options none\.json does not exist\. Check its path/),
    });
  });

  it('The options file adds modules of a Python function to those of flags', async () => {
    const project = await projects.make();
    await project.write({
      'one/__init__.py': 'def f(): pass',
      'two/__init__.py': '',
      'run.json': JSON.stringify({ localModules: { one: project.at('one') }, pythonModules: ['boto3'] }),
    });
    await runMain([
      ...[...RUN, '--options', project.at('run.json'), '--local-module', `two=${project.at('two')}`],
      ...['--python-module', 'requests', 'one:f'],
    ]);

    expect(requested()).toMatchObject({ build: { pythonModules: ['boto3', 'requests'] } });
    expect((await packedPaths()).join(' ')).toMatch(/modules\/one\/__init__.*modules\/two\/__init__/);
  });
});

describe('arguments of run', () => {
  const call = async (args: readonly string[], input = '') => {
    const project = await projects.make();
    await project.write({ 'args.json': '{"from":"file"}', 'bad.json': '{' });
    const { workingFolder, stdin } = { workingFolder: project.folder, stdin: Readable.from([input]) };
    return runMain([...RUN, 'shop:f', ...args], { workingFolder, stdin });
  };

  it('Arguments are read as JSON from the command line, from a file, or from standard input', async () => {
    await call(['"@text"', '@args.json', '-', '-2.5', '--kwargs', '@args.json'], '[1,\n2]\n');

    expect(invocation()).toMatchObject({
      args: ['@text', { from: 'file' }, [1, 2], -2.5],
      kwargs: { from: 'file' },
    });
  });

  it.each([
    [['@none.json'], /Argument 1, @none\.json, does not exist\. .* needs quotes: '"@\.\.\."'/],
    [['1', '@bad.json'], /Argument 2 in bad\.json is not JSON/],
    [['-'], /Argument 1 on standard input is not JSON/],
    [['-', '-'], /Argument 2 cannot be standard input, because Argument 1 is/],
    [['-', '--kwargs', '-'], /cannot be standard input/],
    [['dev'], /Argument 1 is not JSON: dev\. A string needs quotes: '"dev"'/],
    [
      ['{width: 3}'],
      /Argument 1 is not JSON: \{width: 3\}\. Names and strings in it need double quotes: '\{"width": 3\}'/,
    ],
  ])('`run` refuses %j', async (args, said) => {
    const input = args.filter((arg) => arg === '-').length > 1 ? '1' : '';
    const { exitCode, stderr } = await call(args, input);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(said) });
    expect(bucket.size).toBe(0);
  });

  it('An interruption ends the reading of arguments from standard input', async () => {
    const interrupted = AbortSignal.timeout(20);
    const stdin = new Readable({ read() {} });
    const { exitCode } = await runMain([...RUN, 'shop:f', '-'], { stdin, interrupted });

    expect(exitCode).toBe(130);
  });
});
