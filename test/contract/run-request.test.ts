import { describe, expect, it } from '@jest/globals';

import {
  parseRequestedRun,
  parseRunRequest,
  parseSeedkitName,
  RUN_REQUEST_MAX_BYTES,
} from '../../lib/contract/index.js';
import { aLayer, anInput, aRunRequest } from './builders.js';

const plain = (name: string, value: string) => ({
  build: { environment: { [name]: { value, type: 'PLAINTEXT' } } },
});

describe('a run request', () => {
  it('A valid run request is parsed unchanged', () => {
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
    [{ input: { ...anInput({}), key: 'runs/other/input/invocation.json' } }, 'input.key'],
    [{ input: { key: 'runs/run-1/input/invocation.json' } as never }, 'input.sha256'],
    [{ input: { ...anInput({}), sha256: 'A'.repeat(64) } }, 'input.sha256'],
    [{ bundle: { layers: [aLayer({ key: 'bundles/other.zip' })] } }, 'bundle.layers[0].key'],
    [
      { build: { workingDirectory: '../elsewhere' } },
      'build.workingDirectory: not a folder inside the bundle',
    ],
    [{ build: { workingDirectory: '/tmp' } }, 'build.workingDirectory'],
    [{ build: { workingDirectory: 'a/../../b' } }, 'build.workingDirectory'],
    [{ build: { workingDirectory: 'a\nb' } }, 'build.workingDirectory'],
    [{ build: { workingDirectory: '' } }, 'build.workingDirectory'],
    [{ build: { role: 'builder' } }, 'build.role: must be the ARN of an IAM role'],
    [{ build: { fleet: 'mine' } }, 'build.fleet: must be the ARN of a reserved capacity fleet'],
    [{ build: { timeoutMinutes: 4 } }, 'build.timeoutMinutes'],
    [{ build: { timeoutMinutes: 2161 } }, 'build.timeoutMinutes'],
    [{ build: { timeoutMinutes: 5.5 } }, 'build.timeoutMinutes'],
    [{ build: { queuedTimeoutMinutes: 481 } }, 'build.queuedTimeoutMinutes'],
    [{ build: { packages: { 'a; rm -rf /': '1' } } }, 'build.packages'],
    [{ build: { packages: { tool: '1; rm -rf /' } } }, 'build.packages.tool'],
    [{ build: { packages: { tool: '$(id)' } } }, 'build.packages.tool'],
    [{ build: { environment: { '1X': { value: '', type: 'PLAINTEXT' } } } }, 'build.environment'],
    [
      { build: { environment: { STAGE: 'dev' as never } } },
      "build.environment.STAGE: must be an object such as { value: 'dev', type: 'PLAINTEXT' }; the option environment",
    ],
    [{ build: { exportedVariables: ['AWS_REGION'] } }, 'build.exportedVariables[0]'],
    [{ build: { exportedVariables: ['__proto__'] } }, 'build.exportedVariables[0]'],
    [
      { labels: JSON.parse('{"__proto__":"x"}') as object },
      'labels.__proto__: the name __proto__ is not allowed',
    ],
    [
      { build: { environment: JSON.parse('{"__proto__":{"value":"x","type":"PLAINTEXT"}}') as object } },
      'build.environment.__proto__: the name __proto__ is not allowed',
    ],
    [{ build: { packages: JSON.parse('{"__proto__":"1"}') as object } }, 'build.packages.__proto__'],
    [plain('PATH', ''), 'build.environment.PATH: PATH "" has neither /bin nor /usr/bin'],
    [plain('PATH', '$PATH:/opt/tool/bin'), 'build.environment.PATH: PATH "$PATH:/opt/tool/bin" has neither'],
    [plain('HOME', 'home'), 'build.environment.HOME: HOME "home" is not an absolute path'],
    [plain('BASH_ENV', '/etc/none'), 'build.environment.BASH_ENV: BASH_ENV changes how the build'],
    [plain('SHELLOPTS', 'noexec'), 'build.environment.SHELLOPTS'],
    [plain('POSIXLY_CORRECT', '1'), 'build.environment.POSIXLY_CORRECT'],
    [plain('EXECIGNORE', '*'), 'build.environment.EXECIGNORE'],
    [plain('FUNCNEST', '1'), 'build.environment.FUNCNEST'],
    [plain('TMOUT', '1'), 'build.environment.TMOUT'],
    [plain('IFS', 'x'), 'build.environment.IFS'],
    [
      { build: { environment: { LONG: { value: 'x'.repeat(5_000), type: 'PLAINTEXT' } } } },
      'must not exceed 5000 characters',
    ],
  ])('A run request is refused with the path of the invalid member: %j', (overrides, expected) => {
    const refused = () => parseRunRequest({ ...aRunRequest(), ...overrides });

    expect(refused).toThrow(expect.objectContaining({ code: 'InvalidRequest' }));
    expect(refused).toThrow(expected);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'A request keeps a label, a variable and an exported variable with the name %s',
    (name) => {
      const build = {
        environment: { [name]: { value: 'x', type: 'PLAINTEXT' as const } },
        exportedVariables: [name],
      };
      const labels = { [name]: 'x' };
      const parsed = parseRunRequest(aRunRequest({ build, labels }));

      expect(Object.entries(parsed.labels ?? {})).toEqual([[name, 'x']]);
      expect(Object.keys(parsed.build.environment ?? {})).toEqual([name]);
      expect(parsed.build.exportedVariables).toEqual([name]);
    },
  );

  it('A request may set PATH, HOME and other variables that leave the build its programs', () => {
    const environment = {
      PATH: { value: '/opt/tool/bin:/usr/bin', type: 'PLAINTEXT' as const },
      HOME: { value: '/root', type: 'PLAINTEXT' as const },
      NODE_OPTIONS: { value: '--max-old-space-size=2048', type: 'PLAINTEXT' as const },
    };

    expect(parseRunRequest(aRunRequest({ build: { environment } })).build).toEqual({ environment });
  });

  it('A run request may not export a variable whose name starts with AWS_, because CodeBuild exports none', () => {
    const exporting = (name: string) => () =>
      parseRunRequest(aRunRequest({ build: { exportedVariables: [name] } }));

    expect(exporting('AWS_CODESEEDER_OUTPUT')).toThrow(
      'a variable whose name starts with AWS_ cannot be exported',
    );
    expect(exporting('MY_AWS_OUTPUT')).not.toThrow();
  });

  it.each(['SECRETS_MANAGER', 'PARAMETER_STORE'] as const)(
    'A run request may not export a variable that is a secret of %s, and the message says what to do',
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
    'A run request may name the working directory %s',
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
  ])('A run request is refused when the URL of its mirror has %s', (_what, npmMirror, told) => {
    expect(() => parseRunRequest(aRunRequest({ build: { npmMirror } }))).toThrow(told);
  });

  it.each([
    ['build.environment.A.value', { environment: { A: { value: 'a\0b', type: 'PLAINTEXT' as const } } }],
    ['build.buildCommands[0]', { buildCommands: ['echo \0'] }],
  ])('A run request is refused when %s has the character NUL', (place, build) => {
    expect(() => parseRunRequest(aRunRequest({ build }))).toThrow(`${place}: `);
  });

  it('A run request that is too large for a state is refused with the limit', () => {
    const command = 'x'.repeat(RUN_REQUEST_MAX_BYTES);

    expect(() => parseRunRequest(aRunRequest({ build: { buildCommands: [command] } }))).toThrow(
      /at most 65536; pass large values as arguments/,
    );
  });
});

describe('a Run Requested event', () => {
  const commands = { kind: 'commands' as const, target: ['ls'] };

  it('A Run Requested event needs no id and no build options', () => {
    const detail = { version: 1, invocation: commands };

    expect(parseRequestedRun(detail)).toEqual(detail);
  });

  it.each([
    ['both ways to say what to run', { invocation: commands, inputKey: 'inbox/a.json' }],
    ['neither way to say what to run', {}],
  ])('A Run Requested event is refused with %s', (_, fields) => {
    expect(() => parseRequestedRun({ version: 1, ...fields })).toThrow('either invocation or inputKey');
  });
});

describe("a seedkit's name", () => {
  it.each(['a', 'demo', 'my-kit-2', 'a'.repeat(27)])('The name of a seedkit may be %s', (name) => {
    expect(parseSeedkitName(name)).toBe(name);
  });

  it.each(['', '2kit', 'Kit', 'kit-', 'my--kit', 'my_kit', 'a'.repeat(28)])(
    'The name of a seedkit may not be %j',
    (name) => {
      expect(() => parseSeedkitName(name)).toThrow(expect.objectContaining({ code: 'InvalidRequest' }));
    },
  );
});
