import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { registryLoginCommands } from '../../../lambdas/prepare-run/registry-logins.js';
import { buildOptionsSchema, PROJECT_VARIABLES, type BuildOptions } from '../../../lib/contract/index.js';
import { aLayer, aPrebuiltLayer } from '../../contract/builders.js';
import { COMMANDS, invocationIs, LOGIN_PROGRAMS, prepare, resetBucket, s3 } from './mocked-bucket.js';

const bundle = { layers: [aLayer()] };
const NONE = { seedkit: 'demo', hasRegistryCredentials: false, hasPackages: false };
const WITH_CREDENTIALS = { ...NONE, hasRegistryCredentials: true };
const WITH_PACKAGES = { ...NONE, hasPackages: true };
const CODE_ARTIFACT = '--codeartifact=aws-codeseeder-demo/python-repository';
/** Fake login programs. They print the source that contains them and their arguments. */
const PROGRAMS: Readonly<Record<string, (place: string) => string>> = {
  'registry-logins.mjs': (place) => `console.log(JSON.stringify(["${place}", ...process.argv.slice(2)]))`,
  'registry-logins.pyz': (place) =>
    `import json, sys; print(json.dumps(["python in ${place}", *sys.argv[1:]], separators=(",", ":")))`,
};

const naming = (variable: string, value = 'a-mirror-credentials'): BuildOptions => ({
  environment: { [variable]: { type: 'PLAINTEXT', value } },
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "codeseeder it's "));
  for (const source of ['source', 'input']) {
    mkdirSync(path.join(folder, source));
    for (const [name, program] of Object.entries(PROGRAMS)) {
      writeFileSync(path.join(folder, source, name), program(source));
    }
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * Runs the login commands of a build.
 * @param commands folder with the commands of the image; by default, those of this machine
 */
function run(build: BuildOptions, logins: typeof NONE, commands = process.env['PATH']) {
  return runCommands(registryLoginCommands({ build, bundle }, 'node', logins), commands);
}

/** Returns a folder that contains only the given command. */
function onlyWith(command: string): string {
  const commands = path.join(folder, `with ${command}`);
  mkdirSync(commands);
  const script = `#!/bin/bash\nPATH='${process.env['PATH']}' exec ${command} "$@"\n`;
  writeFileSync(path.join(commands, command), script, { mode: 0o755 });
  return commands;
}

function runCommands(lines: readonly string[], commands = process.env['PATH']) {
  const script = lines.join('\n');
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    env: {
      PATH: commands ?? '',
      CODEBUILD_SRC_DIR: path.join(folder, 'source'),
      CODEBUILD_SRC_DIR_codeseeder_input: path.join(folder, 'input'),
    },
  });
  return { status, said: `${stdout}${stderr}`.trim() };
}

describe('logins to registries and mirrors', () => {
  it('No logins are made when neither request nor seedkit has any', () => {
    const build = naming(PROJECT_VARIABLES.npmMirrorSecret, 'NONE');

    expect(registryLoginCommands({ build: {}, bundle }, 'node', NONE)).toEqual([]);
    expect(registryLoginCommands({ build, bundle }, 'python', NONE)).toEqual([]);
  });

  it.each([
    PROJECT_VARIABLES.dockerSecret,
    PROJECT_VARIABLES.pypiMirrorSecret,
    PROJECT_VARIABLES.npmMirrorSecret,
    PROJECT_VARIABLES.mirrorSecret,
  ])('Logins are made when the request sets %s', (variable) => {
    expect(run(naming(variable), NONE)).toEqual({ status: 0, said: '["input"]' });
  });

  it('Logins use the mirrors of the request, each as one word', () => {
    const words = ['input', "--pypi-mirror=https://a/it's", '--npm-mirror=https://b/$(id)'];

    expect(run({ pypiMirror: "https://a/it's", npmMirror: 'https://b/$(id)' }, NONE)).toEqual({
      status: 0,
      said: JSON.stringify(words),
    });
  });

  it.each([WITH_CREDENTIALS, WITH_PACKAGES])('Every run makes the logins of its seedkit: %j', (logins) => {
    const words = logins.hasPackages ? ['input', CODE_ARTIFACT] : ['input'];

    expect(run({}, logins)).toEqual({ status: 0, said: JSON.stringify(words) });
  });

  it('Logins of the seedkit are made together with those of the request', () => {
    expect(run({ npmMirror: 'https://b' }, WITH_PACKAGES).said).toBe(
      JSON.stringify(['input', '--npm-mirror=https://b', CODE_ARTIFACT]),
    );
  });

  it('A run without a bundle makes its logins with the program in its only source', () => {
    const commands = registryLoginCommands({ build: { npmMirror: 'https://b' } }, 'commands', NONE);

    expect(runCommands(commands)).toEqual({ status: 0, said: '["source","--npm-mirror=https://b"]' });
  });

  it.each([
    ['node', 'node', 'input'],
    ['node', 'python3', 'python in input'],
    ['commands', 'python3', 'python in input'],
    ['python', 'python3', 'python in input'],
    ['python', 'node', 'input'],
  ] as const)('A run of kind %s makes its logins in an image that has only %s', (kind, command, place) => {
    const commands = registryLoginCommands({ build: { npmMirror: 'https://b' }, bundle }, kind, NONE);

    expect(runCommands(commands, onlyWith(command))).toEqual({
      status: 0,
      said: JSON.stringify([place, '--npm-mirror=https://b']),
    });
  });

  it('A Python function makes its logins in Python when the image has both', () => {
    const commands = registryLoginCommands({ build: { npmMirror: 'https://b' }, bundle }, 'python', NONE);

    expect(runCommands(commands).said).toBe('["python in input","--npm-mirror=https://b"]');
  });

  it('Logins that a request asks for end the build when the image cannot run them', () => {
    expect(run({ npmMirror: 'https://b' }, NONE, '/nowhere')).toEqual({
      status: 1,
      said: 'codeseeder: no logins to registries and mirrors: the build image has neither node nor python3',
    });
  });

  it.each([
    [WITH_CREDENTIALS, 'registries and mirrors'],
    [WITH_PACKAGES, 'registries, mirrors and CodeArtifact'],
  ])(
    'Logins of the seedkit alone are left out, with a message, when the image cannot run them: %j',
    (logins, places) => {
      const said = `codeseeder: no logins to ${places}: the build image has neither node nor python3`;

      expect(run({}, logins, '/nowhere')).toEqual({ status: 0, said });
    },
  );

  it('Logins that fail end the build', () => {
    writeFileSync(path.join(folder, 'input/registry-logins.mjs'), 'process.exit(1)');

    expect(run({}, WITH_PACKAGES).status).toBe(1);
  });

  it('Commands of a prebuilt zip have the input as a source when they need logins, whose program is stored there', async () => {
    resetBucket();
    invocationIs(COMMANDS);
    const bundle = { layers: [aPrebuiltLayer()] };
    const plain = await prepare({ bundle });
    const withLogins = await prepare({ bundle, build: { npmMirror: 'https://b' } });

    expect(plain.startBuild).not.toHaveProperty('secondarySourcesOverride');
    expect(withLogins.startBuild).toMatchObject({
      secondarySourcesOverride: [{ location: 'bucket/runs/run-1/input/' }],
    });
  });

  it('The input is the source of a run without a bundle that needs logins', async () => {
    resetBucket();
    invocationIs(COMMANDS);
    const plain = await prepare({ bundle: undefined });
    const withLogins = await prepare({ bundle: undefined, build: { npmMirror: 'https://b' } });

    expect(plain.startBuild).toMatchObject({ sourceTypeOverride: 'NO_SOURCE' });
    expect(withLogins.startBuild).toMatchObject({
      sourceTypeOverride: 'S3',
      sourceLocationOverride: 'bucket/runs/run-1/input/',
    });
    expect(withLogins.startBuild).not.toHaveProperty('secondarySourcesOverride');
  });

  it('The login programs are stored beside the input only of runs that need them', async () => {
    resetBucket();
    invocationIs(COMMANDS);
    await prepare({ bundle: undefined });
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(0);

    await prepare({ bundle: undefined, build: { npmMirror: 'https://b' } });
    expect(s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input)).toEqual([
      expect.objectContaining({
        Bucket: 'bucket',
        Key: 'runs/run-1/input/registry-logins.mjs',
        Body: LOGIN_PROGRAMS.node,
      }),
      expect.objectContaining({
        Bucket: 'bucket',
        Key: 'runs/run-1/input/registry-logins.pyz',
        Body: LOGIN_PROGRAMS.python,
      }),
    ]);
  });

  it('Logins are made before anything is installed', async () => {
    resetBucket();
    invocationIs(COMMANDS);
    const { startBuild } = await prepare({ build: { npmMirror: 'https://b', packages: { tool: '1' } } });
    const spec = JSON.parse(startBuild['buildspecOverride'] as string) as {
      phases: { install: { commands: string[] } };
    };

    expect(spec.phases.install.commands.slice(3)).toEqual([
      expect.stringContaining(`codeseeder_input/registry-logins.mjs" --npm-mirror='https://b'; elif`),
      "npm install -g -- 'tool@1' # codeseeder",
    ]);
  });
});

describe('a mirror of a request', () => {
  it.each(['http://m.example.com', 'https://user:password@m.example.com', 'https://user@m', 'm.example.com'])(
    'A mirror of a request is refused when it is not an https URL without credentials: %s',
    (url) => {
      expect(buildOptionsSchema.safeParse({ npmMirror: url }).success).toBe(false);
      expect(buildOptionsSchema.safeParse({ pypiMirror: url }).success).toBe(false);
    },
  );

  it('A mirror of a request is accepted when it is an https URL without credentials', () => {
    expect(buildOptionsSchema.safeParse({ npmMirror: 'https://m.example.com/npm/' }).success).toBe(true);
  });
});
