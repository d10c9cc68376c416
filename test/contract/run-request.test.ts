import { describe, expect, it } from '@jest/globals';

import {
  parseRequestedRun,
  parseRunRequest,
  parseSeedkitName,
  RUN_REQUEST_MAX_BYTES,
} from '../../lib/contract/index.js';
import { aLayer, aRunRequest } from './builders.js';

describe('a run request', () => {
  it('is taken as it is when it keeps the contract', () => {
    const request = aRunRequest({
      build: {
        timeoutMinutes: 5,
        packages: { 'aws-cdk': '^2', '@scope/tool': '1.2.3 || >=2' },
        environment: { STAGE: { value: 'dev', type: 'PLAINTEXT' } },
        exportedVariables: ['STAGE'],
      },
      labels: { team: 'network' },
    });

    expect(parseRunRequest(request)).toEqual(request);
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ build: { colour: 'red' } }, 'build'],
    [{ version: 2 }, 'version'],
    [{ runId: 'a b', input: { key: 'runs/a b/input/invocation.json' } }, 'runId'],
    [{ runId: 'a'.repeat(81), input: { key: `runs/${'a'.repeat(81)}/input/invocation.json` } }, 'runId'],
    [{ seedkit: 'Demo' }, 'seedkit'],
    [{ input: { key: 'runs/other/input/invocation.json' } }, 'input.key'],
    [{ bundle: { layers: [aLayer({ key: 'bundles/other.zip' })] } }, 'bundle.layers[0].key'],
    [
      { build: { workingDirectory: '../elsewhere' } },
      'build.workingDirectory: not a folder inside the bundle',
    ],
    [{ build: { workingDirectory: '/tmp' } }, 'build.workingDirectory'],
    [{ build: { workingDirectory: 'a/../../b' } }, 'build.workingDirectory'],
    [{ build: { workingDirectory: 'a\nb' } }, 'build.workingDirectory'],
    [{ build: { workingDirectory: '' } }, 'build.workingDirectory'],
    [{ build: { timeoutMinutes: 4 } }, 'build.timeoutMinutes'],
    [{ build: { timeoutMinutes: 2161 } }, 'build.timeoutMinutes'],
    [{ build: { timeoutMinutes: 5.5 } }, 'build.timeoutMinutes'],
    [{ build: { queuedTimeoutMinutes: 481 } }, 'build.queuedTimeoutMinutes'],
    [{ build: { packages: { 'a; rm -rf /': '1' } } }, 'build.packages'],
    [{ build: { packages: { tool: '1; rm -rf /' } } }, 'build.packages.tool'],
    [{ build: { packages: { tool: '$(id)' } } }, 'build.packages.tool'],
    [{ build: { environment: { '1X': { value: '', type: 'PLAINTEXT' } } } }, 'build.environment'],
    [{ build: { exportedVariables: ['AWS_REGION'] } }, 'build.exportedVariables[0]'],
    [
      { build: { environment: { LONG: { value: 'x'.repeat(5_000), type: 'PLAINTEXT' } } } },
      'must not exceed 5000 characters',
    ],
  ])('is refused with the path of what is wrong: %j', (overrides, expected) => {
    const refused = () => parseRunRequest({ ...aRunRequest(), ...overrides });

    expect(refused).toThrow(expect.objectContaining({ code: 'InvalidRequest' }));
    expect(refused).toThrow(expected);
  });

  it('asks for no variable of AWS_ to be exported, because CodeBuild exports none', () => {
    const exporting = (name: string) => () =>
      parseRunRequest(aRunRequest({ build: { exportedVariables: [name] } }));

    expect(exporting('AWS_CODESEEDER_OUTPUT')).toThrow(
      'a variable whose name starts with AWS_ cannot be exported',
    );
    expect(exporting('MY_AWS_OUTPUT')).not.toThrow();
  });

  it.each(['SECRETS_MANAGER', 'PARAMETER_STORE'] as const)(
    'exports no variable that is a secret of %s, and says what to do',
    (type) => {
      const build = {
        environment: { TOKEN: { value: 'codeseeder/demo/token', type } },
        exportedVariables: ['STAGE', 'TOKEN'],
      };

      expect(() => parseRunRequest(aRunRequest({ build }))).toThrow(
        `build.exportedVariables[1]: TOKEN is a secret (${type}) and would be readable in the run's record; export a value that is not secret under another name`,
      );
      expect(
        parseRunRequest(aRunRequest({ build: { ...build, exportedVariables: ['STAGE'] } })).build,
      ).toMatchObject({ exportedVariables: ['STAGE'] });
    },
  );

  it.each(['app', 'app/infra', './app', 'app/', 'my app', "it's", '-app', '..app'])(
    'may start in the folder %s',
    (workingDirectory) => {
      expect(parseRunRequest(aRunRequest({ build: { workingDirectory } })).build).toEqual({
        workingDirectory,
      });
    },
  );

  it.each([
    ['a line end', 'https://mirror.example.com/npm\n', 'printable ASCII'],
    ['a blank', 'https://mirror.example.com/a b', 'printable ASCII'],
    ['NUL', 'https://mirror.example.com/\0', 'printable ASCII'],
    ['a password', 'https://user:word@mirror.example.com/', 'without credentials'],
  ])('names no mirror with %s', (_what, npmMirror, told) => {
    expect(() => parseRunRequest(aRunRequest({ build: { npmMirror } }))).toThrow(told);
  });

  it.each([
    ['build.environment.A.value', { environment: { A: { value: 'a\0b', type: 'PLAINTEXT' as const } } }],
    ['build.buildCommands[0]', { buildCommands: ['echo \0'] }],
  ])('has no character NUL at %s', (place, build) => {
    expect(() => parseRunRequest(aRunRequest({ build }))).toThrow(`${place}: `);
  });

  it('is refused with its size when it is too large for a state', () => {
    const command = 'x'.repeat(RUN_REQUEST_MAX_BYTES);

    expect(() => parseRunRequest(aRunRequest({ build: { buildCommands: [command] } }))).toThrow(
      /at most 65536; pass large values as arguments/,
    );
  });
});

describe('a Run Requested event', () => {
  const commands = { kind: 'commands' as const, target: ['ls'] };

  it('needs no id and no build options', () => {
    const detail = { version: 1, invocation: commands };

    expect(parseRequestedRun(detail)).toEqual(detail);
  });

  it.each([
    ['both ways to say what to run', { invocation: commands, inputKey: 'inbox/a.json' }],
    ['neither way to say what to run', {}],
  ])('is refused with %s', (_, fields) => {
    expect(() => parseRequestedRun({ version: 1, ...fields })).toThrow('either invocation or inputKey');
  });
});

describe("a seedkit's name", () => {
  it.each(['a', 'demo', 'my-kit-2', 'a'.repeat(27)])('may be %s', (name) => {
    expect(parseSeedkitName(name)).toBe(name);
  });

  it.each(['', '2kit', 'Kit', 'kit-', 'my--kit', 'my_kit', 'a'.repeat(28)])('may not be %j', (name) => {
    expect(() => parseSeedkitName(name)).toThrow(expect.objectContaining({ code: 'InvalidRequest' }));
  });
});
