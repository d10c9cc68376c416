import { readdir } from 'node:fs/promises';

import {
  CodeartifactClient,
  DeletePackageVersionsCommand,
  GetAuthorizationTokenCommand,
  GetRepositoryEndpointCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-codeartifact';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { deployModules, type ModuleEvent } from '../../../client/index.js';
import { AWS, OUTPUTS, resetAccount, mockStack } from '../mocked-account.js';
import { fakeTools, type FakeTools } from './fake-tools.js';

const TOKEN = 'eyJ.the-token.of-the-domain';
const ENDPOINT = 'https://demo.d.codeartifact.eu-west-1.amazonaws.com/npm/python-repository/';
const codeArtifact = mockClient(CodeartifactClient);

let tools: FakeTools;
let events: ModuleEvent[];

beforeEach(async () => {
  tools = await fakeTools();
  events = [];
  resetAccount();
  mockStack('CREATE_COMPLETE', {
    ...OUTPUTS,
    CodeArtifactDomain: 'aws-codeseeder-demo',
    CodeArtifactRepository: 'python-repository',
  });
  codeArtifact.reset();
  codeArtifact.on(GetAuthorizationTokenCommand).resolves({ authorizationToken: TOKEN });
  codeArtifact.on(GetRepositoryEndpointCommand).resolves({ repositoryEndpoint: ENDPOINT });
  codeArtifact
    .on(DeletePackageVersionsCommand)
    .rejects(new ResourceNotFoundException({ message: 'Package not found.', $metadata: {} }));
});
afterEach(() => tools.dispose());

const deploy = (modules: Parameters<typeof deployModules>[1]) =>
  deployModules('demo', modules, { aws: AWS, onProgress: (event) => events.push(event) });
const npmPackage = (name: string, more: Readonly<Record<string, string>> = {}, version = '1.2.0') =>
  tools.package(name, { 'package.json': JSON.stringify({ name, version }), ...more });
const deletions = () =>
  codeArtifact.commandCalls(DeletePackageVersionsCommand).map(({ args: [{ input }] }) => input);

describe('deployModules with an npm package', () => {
  it("`deployModules` packs and publishes an npm package with its scope to the seedkit's repository", async () => {
    const directory = await npmPackage('@team/net');

    await expect(deploy([`@team/net:${directory}`])).resolves.toEqual({
      domain: 'aws-codeseeder-demo',
      repository: 'python-repository',
      modules: [{ name: '@team/net', kind: 'npm', version: '1.2.0', replaced: false }],
    });
    expect(deletions()).toEqual([
      {
        domain: 'aws-codeseeder-demo',
        repository: 'python-repository',
        format: 'npm',
        namespace: 'team',
        package: 'net',
        versions: ['1.2.0'],
      },
    ]);
    const [, published] = (await tools.kept('words')).trim().split('\n');
    expect(published).toMatch(/^publish \S+\.tgz /);
    expect(published).toContain(`--registry=${ENDPOINT} --@team:registry=${ENDPOINT} `);
    expect(events.map(({ type }) => type)).toEqual(['building', 'built', 'published']);
  });

  it('`deployModules` passes the token in a private file and deletes the file', async () => {
    process.env['npm_config_//other/:_authToken'] = 'own';
    process.env['NPM_CONFIG_REGISTRY'] = 'https://other/';
    await deploy({ net: await npmPackage('net') }).finally(() => {
      delete process.env['npm_config_//other/:_authToken'];
      delete process.env['NPM_CONFIG_REGISTRY'];
    });

    expect(await tools.kept('modes')).toBe('600\n');
    expect(await tools.kept('settings')).toBe(`${ENDPOINT.replace('https:', '')}:_authToken=${TOKEN}\n`);
    expect(await tools.kept('words')).not.toContain(TOKEN);
    const variables = (await tools.kept('variables')).split('\n');
    // Packing uses the user's npm settings. Publishing does not.
    for (const name of ['NPM_CONFIG_REGISTRY', 'npm_config_//other/:_authToken']) {
      expect(variables.filter((each) => each === name)).toHaveLength(1);
    }
    expect((await readdir(tools.folder)).filter((name) => name.startsWith('codeseeder-modules-'))).toEqual(
      [],
    );
  });

  it('`deployModules` replaces the same version and reports it', async () => {
    codeArtifact.on(DeletePackageVersionsCommand).resolves({ successfulVersions: { '1.2.0': {} } });
    const { modules } = await deploy({ net: await npmPackage('net') });

    expect(modules).toMatchObject([{ replaced: true }]);
    expect(events).toContainEqual({ type: 'deleted', name: 'net', version: '1.2.0' });
  });

  it('`deployModules` publishes nothing if the same version cannot be deleted', async () => {
    codeArtifact.on(DeletePackageVersionsCommand).resolves({
      failedVersions: { '1.2.0': { errorCode: 'NOT_ALLOWED', errorMessage: 'origin' } },
    });

    await expect(deploy({ net: await npmPackage('net') })).rejects.toMatchObject({
      code: 'ModuleNotPublished',
      message: expect.stringContaining('NOT_ALLOWED origin'),
    });
    expect(await tools.kept('words')).not.toContain('publish');
  });

  it("If npm fails, deployModules reports npm's output without the token, and that the previous version was deleted", async () => {
    codeArtifact.on(DeletePackageVersionsCommand).resolves({ successfulVersions: { '1.2.0': {} } });
    const directory = await npmPackage('net', { broken: 'publish' });
    const error = await deploy({ net: directory }).catch((thrown: unknown) => thrown as Error);

    expect(error).toMatchObject({
      code: 'ModuleNotPublished',
      message: expect.stringMatching(
        /npm ended with exit code 1\n.*_authToken=\*\*\*\nThe previous version 1\.2\.0 was deleted/,
      ),
    });
    expect(JSON.stringify([error, String((error as Error).stack), events])).not.toContain(TOKEN);
  });
});

describe('deployModules with several packages', () => {
  it('`deployModules` deletes and publishes nothing if one package cannot be built', async () => {
    const good = await npmPackage('good');
    const bad = await npmPackage('bad', { broken: 'pack' });

    await expect(deploy({ good, bad })).rejects.toMatchObject({
      code: 'ModuleNotPublished',
      message: expect.stringContaining('Packing bad: npm ended with exit code 1\nprepack: no such tool'),
    });
    expect(codeArtifact.calls()).toEqual([]);
  });

  it('`deployModules` builds nothing if the seedkit has no repository', async () => {
    mockStack('CREATE_COMPLETE', OUTPUTS);

    await expect(deploy({ net: await npmPackage('net') })).rejects.toMatchObject({
      code: 'CodeArtifactMissing',
      message: expect.stringContaining('codeseeder deploy seedkit demo --deploy-codeartifact'),
    });
    expect(await tools.kept('words')).toBe('');
  });

  it('`deployModules` builds nothing if the caller has aborted', async () => {
    const directory = await npmPackage('net');
    const options = { aws: AWS, signal: AbortSignal.abort() };

    await expect(deployModules('demo', { net: directory }, options)).rejects.toThrow(/aborted/);
    expect(await tools.kept('words')).toBe('');
  });
});
