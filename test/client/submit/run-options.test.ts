import { describe, expect, it } from '@jest/globals';

import type { RunOptions } from '../../../client/index.js';
import { mergeRunOptions, refuseUnknownOptions } from '../../../client/submit/run-options.js';
import { buildOptionsSchema } from '../../../lib/contract/index.js';

describe('options of kit, function and call', () => {
  it('Lists of kit, function and call are joined in this order', () => {
    const merged = mergeRunOptions(
      { build: { installCommands: ['kit'] } },
      { build: { installCommands: ['function'] } },
      { build: { installCommands: ['call'] } },
    );

    expect(merged.build).toEqual({ installCommands: ['kit', 'function', 'call'] });
  });

  it('Maps of kit and function are merged, where the entry of the function takes precedence, and single values are replaced', () => {
    const merged = mergeRunOptions(
      {
        build: { timeoutMinutes: 10, runtimeVersions: { nodejs: '22', python: '3.12' } },
        dirs: { a: '1', b: '1' },
      },
      { build: { timeoutMinutes: 20, runtimeVersions: { nodejs: '24' } }, dirs: { b: '2' } },
    );

    expect(merged).toMatchObject({
      build: { timeoutMinutes: 20, runtimeVersions: { nodejs: '24', python: '3.12' } },
      dirs: { a: '1', b: '2' },
    });
  });

  it('The option packages is merged with build.packages', () => {
    const merged = mergeRunOptions(
      { packages: { cdk: '^1', npm: '9' } },
      { build: { packages: { cdk: '^2' } } },
    );

    expect(merged).toMatchObject({ build: { packages: { cdk: '^2', npm: '9' } } });
    expect(merged).not.toHaveProperty('packages');
  });

  it('Merging options does not change them', () => {
    const kit = { build: { installCommands: ['kit'] }, labels: { a: '1' } };
    mergeRunOptions<RunOptions>(kit, { build: { installCommands: ['more'] }, labels: { b: '2' } });

    expect(kit).toEqual({ build: { installCommands: ['kit'] }, labels: { a: '1' } });
  });
});

it.each([
  [{ environmnt: {} }, 'There is no option "environmnt". The options are build, packages,'],
  [
    { timeoutMinutes: 5 },
    'There is no option "timeoutMinutes". Put it into build: { build: { timeoutMinutes: ... } }.',
  ],
])('An option that does not exist is refused: %j', (options, message) => {
  expect(() => refuseUnknownOptions(options)).toThrow(message);
});

type Cases<Options> = { readonly [Name in keyof Required<Options>]: readonly unknown[] };

/** Values of each option: that of the kit, that of the function, and the expected value for a call. */
const BUILD: Readonly<Record<string, readonly unknown[]>> = {
  timeoutMinutes: [10, 20, 20],
  queuedTimeoutMinutes: [10, 20, 20],
  image: ['a', 'b', 'b'],
  role: ['a', 'b', 'b'],
  project: ['a', 'b', 'b'],
  fleet: ['a', 'b', 'b'],
  privileged: [true, false, false],
  debugSession: [false, 'on-failure', 'on-failure'],
  environmentType: ['LINUX_CONTAINER', 'ARM_CONTAINER', 'ARM_CONTAINER'],
  computeType: ['BUILD_GENERAL1_SMALL', 'BUILD_LAMBDA_1GB', 'BUILD_LAMBDA_1GB'],
  runtimeVersions: [{ nodejs: '22', python: '3.12' }, { nodejs: '24' }, { nodejs: '24', python: '3.12' }],
  packages: [{ a: '1', b: '1' }, { b: '2' }, { a: '1', b: '2' }],
  pythonModules: [['a'], ['b'], ['a', 'b']],
  pipxModules: [['a'], ['b'], ['a', 'b']],
  pythonInstaller: ['pip', 'uv', 'uv'],
  installCommands: [['a'], ['b'], ['a', 'b']],
  preBuildCommands: [['a'], ['b'], ['a', 'b']],
  preExecutionCommands: [['a'], ['b'], ['a', 'b']],
  buildCommands: [['a'], ['b'], ['a', 'b']],
  postBuildCommands: [['a'], ['b'], ['a', 'b']],
  environment: [
    { A: { value: '1', type: 'PLAINTEXT' }, B: { value: '1', type: 'PLAINTEXT' } },
    { B: { value: 'secret', type: 'SECRETS_MANAGER' } },
    { A: { value: '1', type: 'PLAINTEXT' }, B: { value: 'secret', type: 'SECRETS_MANAGER' } },
  ],
  exportedVariables: [
    ['A', 'B'],
    ['B', 'C'],
    ['A', 'B', 'C'],
  ],
  pypiMirror: ['a', 'b', 'b'],
  npmMirror: ['a', 'b', 'b'],
  abortPhasesOnFailure: [true, false, false],
  workingDirectory: ['a', 'b', 'b'],
};

const listen = () => {};
const log = () => {};
const maps = [{ a: '1', b: '1' }, { b: '2' }, { a: '1', b: '2' }];

/** The remaining options, except for those that are short forms of an option above. */
const OTHERS: Cases<
  Omit<
    RunOptions,
    'build' | 'packages' | 'pythonModules' | 'pipxModules' | 'environment' | 'workingDirectory'
  >
> = {
  localModules: maps,
  requirementsFiles: maps,
  dirs: maps,
  files: maps,
  name: ['a', 'b', 'b'],
  labels: maps,
  ignore: [['a'], ['!a'], ['a', '!a']],
  gitignore: [true, false, false],
  nodeModules: [
    ['a', 'b'],
    ['b', 'c'],
    ['a', 'b', 'c'],
  ],
  bundledPackages: [['a'], ['b'], ['a', 'b']],
  verify: [true, false, false],
  lock: ['a', 'b', 'b'],
  lockMode: ['wait', 'refuse', 'refuse'],
  cache: [['npm'], false, false],
  prebuiltBundle: ['s3://a/b', 's3://c/d', 's3://c/d'],
  aws: [{ region: 'a', profile: 'a' }, { region: 'b' }, { region: 'b' }],
  onProgress: [() => {}, listen, listen],
  onLog: [() => {}, log, log],
};

describe('each option', () => {
  it.each(Object.entries(BUILD))('The option build.%s is merged from kit and function', (name, values) => {
    const [kit, fn, merged] = values.map((value) => ({ [name]: value }));

    expect(mergeRunOptions<RunOptions>({ build: kit ?? {} }, { build: fn ?? {} }).build).toEqual(merged);
    expect(mergeRunOptions<RunOptions>({ build: kit ?? {} }, { build: {} }, {}).build).toEqual(kit);
  });

  it('Every build option of the contract has a test of its merging', () => {
    expect(Object.keys(BUILD)).toEqual(expect.arrayContaining(Object.keys(buildOptionsSchema.shape)));
  });

  it.each(Object.entries(OTHERS))('The option %s is merged from kit and function', (name, values) => {
    const [kit, fn, merged] = values.map((value) => ({ [name]: value }));

    expect(mergeRunOptions<RunOptions>(kit ?? {}, fn ?? {})).toMatchObject(merged ?? {});
    expect((mergeRunOptions<RunOptions>(kit ?? {}, fn ?? {}) as Record<string, unknown>)[name]).toEqual(
      values[2],
    );
    expect(mergeRunOptions<RunOptions>(kit ?? {}, { [name]: undefined })).toMatchObject(kit ?? {});
  });

  it.each([
    ['packages', maps],
    ['pythonModules', [['a'], ['b'], ['a', 'b']]],
    ['pipxModules', [['a'], ['b'], ['a', 'b']]],
    ['workingDirectory', ['a', 'b', 'b']],
  ])('The option %s is short for that of the build', (name, [kit, fn, merged]) => {
    const options = mergeRunOptions<RunOptions>({ [name]: kit }, { build: { [name]: fn } });

    expect(options.build).toEqual({ [name]: merged });
    expect(options).not.toHaveProperty(name);
  });

  it('The option environment accepts text for a plain variable', () => {
    const { build } = mergeRunOptions<RunOptions>(
      { environment: { A: 'kit', B: 'kit', C: { value: '/my/parameter', type: 'PARAMETER_STORE' } } },
      { build: { environment: { B: { value: 'function', type: 'PLAINTEXT' } } } },
      { environment: { A: 'call' } },
    );

    expect(build).toEqual({
      environment: {
        A: { value: 'call', type: 'PLAINTEXT' },
        B: { value: 'function', type: 'PLAINTEXT' },
        C: { value: '/my/parameter', type: 'PARAMETER_STORE' },
      },
    });
  });
});
