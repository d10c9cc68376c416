import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

import {
  DeletePackageVersionsCommand,
  DescribePackageVersionCommand,
  ListPackageVersionsCommand,
} from '@aws-sdk/client-codeartifact';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { withNpm } from '../../installed-tools.js';
import {
  createSeedkitRepositories,
  HERE,
  openTestCodeArtifact,
  type TestCodeArtifact,
} from './a-code-artifact.js';

let place: TestCodeArtifact;
let folder: string;
let publicRegistry: Server;
const askedOfPublic: { url: string | undefined; authorization: string | undefined }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-npm-'));
  publicRegistry = createServer((request, response) => {
    askedOfPublic.push({ url: request.url, authorization: request.headers.authorization });
    void answerPublicly(request.url ?? '').then((answer) => {
      response.writeHead(answer === undefined ? 404 : 200).end(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(publicRegistry, 'listening');
  // As in reality, the public registry has another host name than the local AWS.
  const npm = `http://localhost:${(publicRegistry.address() as AddressInfo).port}/`;
  place = await openTestCodeArtifact({}, { npm, pypi: npm });
  await createSeedkitRepositories(place);
  const { host, pathname } = new URL(place.registry('npm'));
  await writeFile(
    join(folder, 'npmrc'),
    [
      `registry=${place.registry('npm')}`,
      `//${host}${pathname}:_authToken=${await place.token()}`,
      'audit=false',
      'fund=false',
      'update-notifier=false',
      'fetch-retries=0',
    ].join('\n'),
  );
});
afterAll(async () => {
  publicRegistry.close();
  await place.dispose();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Responds as a public registry with one package, which npm has packed. Its tarball URLs have the host of npmjs.
 */
async function answerPublicly(url: string): Promise<Buffer | string | undefined> {
  if (url === '/public-thing') {
    const tarball = 'https://registry.npmjs.org/public-thing/-/public-thing-3.0.0.tgz';
    const manifest = { name: 'public-thing', version: '3.0.0', dist: { tarball } };
    return JSON.stringify({
      name: 'public-thing',
      'dist-tags': { latest: '3.0.0' },
      versions: { '3.0.0': manifest },
    });
  }
  if (url !== '/public-thing/-/public-thing-3.0.0.tgz') return undefined;
  return readFile(join(folder, 'public-thing', 'public-thing-3.0.0.tgz'));
}

async function npm(cwd: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const environment = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name));
  const child = spawn(
    'npm',
    [...args, '--userconfig', join(folder, 'npmrc'), '--cache', join(folder, 'cache')],
    {
      cwd,
      env: { ...Object.fromEntries(environment), HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

async function aPackage(name: string, version: string, text: string): Promise<string> {
  const path = join(folder, name.replace(/^@.*\//, ''));
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), JSON.stringify({ name, version, description: `says ${text}` }));
  await writeFile(join(path, 'index.js'), `module.exports = ${JSON.stringify(text)};\n`);
  return path;
}

/** Installs a package into a new project. @returns the package's export */
async function install(name: string, spec: string): Promise<string> {
  const project = await mkdtemp(join(folder, 'project-'));
  await writeFile(join(project, 'package.json'), '{"private":true}');
  expect(await npm(project, 'install', spec)).toMatchObject({ code: 0 });
  return readFile(join(project, 'node_modules', name, 'index.js'), 'utf8');
}

describe('npm with a repository of the local AWS', () => {
  withNpm('`npm` publishes a package with a scope and installs it', async () => {
    const name = '@mine/thing';
    const path = await aPackage(name, '1.0.0', 'one');
    expect(await npm(path, 'publish')).toMatchObject({ code: 0 });
    expect(await install(name, name)).toContain('one');
    const coordinates = { ...HERE, format: 'npm', namespace: 'mine', package: 'thing' } as const;
    const described = await place.client.send(
      new DescribePackageVersionCommand({ ...coordinates, packageVersion: '1.0.0' }),
    );
    expect(described.packageVersion).toMatchObject({
      packageName: 'thing',
      namespace: 'mine',
      summary: 'says one',
      status: 'Published',
    });
  });

  withNpm('`npm` cannot publish an existing version, but can after it is deleted', async () => {
    const path = await aPackage('again', '1.0.0', 'first');
    expect(await npm(path, 'publish')).toMatchObject({ code: 0 });
    await aPackage('again', '1.0.0', 'second');
    const refused = await npm(path, 'publish');
    expect(refused.code).not.toBe(0);
    // Either the registry refuses (E409), or npm itself, if it sees that the version exists.
    expect(refused.output).toMatch(/E409|cannot publish over/i);

    const id = { ...HERE, format: 'npm', package: 'again' } as const;
    const deleted = await place.client.send(new DeletePackageVersionsCommand({ ...id, versions: ['1.0.0'] }));
    expect(deleted.successfulVersions).toMatchObject({ '1.0.0': { status: 'Deleted' } });
    expect(await npm(path, 'publish')).toMatchObject({ code: 0 });
    expect(await install('again', 'again')).toContain('second');
    const { versions, defaultDisplayVersion } = await place.client.send(new ListPackageVersionsCommand(id));
    expect([versions?.length, defaultDisplayVersion]).toEqual([1, '1.0.0']);
  });

  withNpm(
    '`npm` installs from the external connection of an upstream without sending it the token',
    async () => {
      const path = await aPackage('public-thing', '3.0.0', 'from the public');
      expect(await npm(path, 'pack')).toMatchObject({ code: 0 });
      expect(await install('public-thing', 'public-thing')).toContain('from the public');
      expect(askedOfPublic).toContainEqual({
        url: '/public-thing/-/public-thing-3.0.0.tgz',
        authorization: undefined,
      });
      expect(askedOfPublic.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
      expect((await npm(folder, 'view', 'no-such-thing')).output).toMatch(/E404[^]*returned the status 404/);
    },
  );

  withNpm("`npm` tags and deprecates versions and returns the user's name", async () => {
    const path = await aPackage('tagged', '1.0.0', 'one');
    expect(await npm(path, 'publish')).toMatchObject({ code: 0 });
    await aPackage('tagged', '2.0.0-rc.1', 'two');
    expect(await npm(path, 'publish', '--tag', 'next')).toMatchObject({ code: 0 });
    expect(await install('tagged', 'tagged')).toContain('one');
    expect(await install('tagged', 'tagged@next')).toContain('two');
    expect(await npm(path, 'dist-tag', 'add', 'tagged@1.0.0', 'stable')).toMatchObject({ code: 0 });
    expect((await npm(path, 'dist-tag', 'ls', 'tagged')).output).toContain('stable: 1.0.0');
    expect(await npm(path, 'dist-tag', 'rm', 'tagged', 'stable')).toMatchObject({ code: 0 });
    expect((await npm(path, 'dist-tag', 'ls', 'tagged')).output).not.toContain('stable');
    expect(await npm(path, 'deprecate', 'tagged@1.0.0', 'use two')).toMatchObject({ code: 0 });
    expect((await npm(path, 'view', 'tagged@1.0.0', 'deprecated')).output).toContain('use two');
    expect((await npm(path, 'whoami')).output.trim()).toContain('aws');
    expect(await npm(path, 'ping')).toMatchObject({ code: 0 });
  });
});

describe('The npm registry', () => {
  it('The npm registry requires a token', async () => {
    const url = `${place.registry('npm')}-/ping`;
    const answers = await Promise.all(
      [{}, { authorization: 'Bearer no-token' }, { authorization: `Bearer ${await place.token()}` }].map(
        async (headers) => (await fetch(url, { headers })).status,
      ),
    );
    expect(answers).toEqual([401, 401, 200]);
  });
});
