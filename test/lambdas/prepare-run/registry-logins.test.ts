import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

import { registryLoginCommands } from '../../../lambdas/prepare-run/registry-logins.js';
import { buildOptionsSchema, PROJECT_VARIABLES, type BuildOptions } from '../../../lib/contract/index.js';
import { A_SHA256 } from '../../contract/builders.js';
import { COMMANDS, invocationIs, prepare, resetBucket } from './mocked-bucket.js';

const bundle = { key: `bundles/${A_SHA256}.zip`, sha256: A_SHA256, sizeBytes: 1 };
const PROGRAM = 'node "$CODEBUILD_SRC_DIR/.codeseeder/registry-logins.mjs"';

const naming = (variable: string, value = 'a-mirror-credentials'): BuildOptions => ({
  environment: { [variable]: { type: 'PLAINTEXT', value } },
});

describe('logins to registries and mirrors', () => {
  it('are left out where neither request nor seedkit has any', () => {
    const build = naming(PROJECT_VARIABLES.npmMirrorSecret, 'NONE');

    expect(registryLoginCommands({ build: {}, bundle }, false)).toEqual([]);
    expect(registryLoginCommands({ build, bundle }, false)).toEqual([]);
  });

  it.each([
    PROJECT_VARIABLES.dockerSecret,
    PROJECT_VARIABLES.pypiMirrorSecret,
    PROJECT_VARIABLES.npmMirrorSecret,
    PROJECT_VARIABLES.mirrorSecret,
  ])('are made where the request sets %s', (variable) => {
    expect(registryLoginCommands({ build: naming(variable), bundle }, false)).toEqual([PROGRAM]);
  });

  it('take the mirrors of the request, quoted', () => {
    const build = { pypiMirror: "https://a/it's", npmMirror: 'https://b/$(id)' };

    expect(registryLoginCommands({ build, bundle }, false)).toEqual([
      `${PROGRAM} --pypi-mirror='https://a/it'\\''s' --npm-mirror='https://b/$(id)'`,
    ]);
  });

  it('that a request asks for are refused without the bundle that has the program', () => {
    const asked = () => registryLoginCommands({ build: { npmMirror: 'https://b' } }, true);

    expect(asked).toThrow(/build\.npmMirror: a run without bundle cannot log in/);
  });

  it('of the seedkit alone are left out, and that is said, where the build has no program for them', () => {
    const [command = ''] = registryLoginCommands({ build: {} }, true);
    const said = execFileSync('bash', ['-ec', command], {
      env: { ...process.env, CODEBUILD_SRC_DIR: '/none' },
    });

    expect(said.toString()).toMatch(/^codeseeder: no logins to registries and mirrors/);
  });

  it('come before anything is installed', async () => {
    resetBucket();
    invocationIs(COMMANDS);
    const { startBuild } = await prepare({ build: { npmMirror: 'https://b', packages: { tool: '1' } } });
    const spec = JSON.parse(startBuild['buildspecOverride'] as string) as {
      phases: { install: { commands: string[] } };
    };

    expect(spec.phases.install.commands.slice(1)).toEqual([
      `${PROGRAM} --npm-mirror='https://b'`,
      "npm install -g -- 'tool@1'",
    ]);
  });
});

describe('a mirror of a request', () => {
  it.each(['http://m.example.com', 'https://user:password@m.example.com', 'https://user@m', 'm.example.com'])(
    'is refused when it is not an https URL without credentials: %s',
    (url) => {
      expect(buildOptionsSchema.safeParse({ npmMirror: url }).success).toBe(false);
      expect(buildOptionsSchema.safeParse({ pypiMirror: url }).success).toBe(false);
    },
  );

  it('is taken when it is one', () => {
    expect(buildOptionsSchema.safeParse({ npmMirror: 'https://m.example.com/npm/' }).success).toBe(true);
  });
});
