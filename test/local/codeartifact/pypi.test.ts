import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  DeletePackageVersionsCommand,
  DescribePackageVersionCommand,
  ListPackagesCommand,
} from '@aws-sdk/client-codeartifact';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { withPip } from '../../installed-tools.js';
import {
  createSeedkitRepositories,
  HERE,
  openTestCodeArtifact,
  type TestCodeArtifact,
} from './a-code-artifact.js';

let place: TestCodeArtifact;
let folder: string;
let publicIndex: Server;
const askedOfPublic: { url: string | undefined; authorization: string | undefined }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-pypi-'));
  publicIndex = createServer((request, response) => {
    const { url, headers } = request;
    askedOfPublic.push({ url, authorization: headers.authorization });
    if (url === '/simple/public-thing/') {
      const link = '<a href="/files/public_thing-3.0-py3-none-any.whl">public_thing-3.0-py3-none-any.whl</a>';
      return response.setHeader('content-type', 'text/html').end(link);
    }
    if (url?.startsWith('/files/') !== true) return response.writeHead(404).end();
    void readFile(join(folder, url.slice('/files/'.length))).then((wheel) => response.end(wheel));
  }).listen(0, '127.0.0.1');
  await once(publicIndex, 'listening');
  // As in reality, the public index has another host name than the local AWS.
  const index = `http://localhost:${(publicIndex.address() as AddressInfo).port}/simple/`;
  place = await openTestCodeArtifact({}, { npm: index, pypi: index });
  await createSeedkitRepositories(place);
});
afterAll(async () => {
  publicIndex.close();
  await place.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function python(args: string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PIP_'));
  const child = spawn('python3', args, {
    cwd: folder,
    env: {
      ...Object.fromEntries(own),
      PIP_CONFIG_FILE: '/dev/null',
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      HOME: folder,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(output);
  return output;
}

const WHEEL = `
import sys, zipfile
name, version, text = sys.argv[1:]
info = f'{name}-{version}.dist-info'
files = {
    f'{name}.py': f'TEXT = {text!r}\\n',
    f'{info}/METADATA': f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n',
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: a-test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
}
record = ''.join(f'{path},,\\n' for path in [*files, f'{info}/RECORD'])
with zipfile.ZipFile(f'{name}-{version}-py3-none-any.whl', 'w') as wheel:
    for path, content in {**files, f'{info}/RECORD': record}.items():
        wheel.writestr(path, content)
`;

/** Builds a wheel with one module. @returns the wheel's file name */
async function aWheel(name: string, version: string, text: string): Promise<string> {
  await python(['-c', WHEEL, name, version, text]);
  return `${name}-${version}-py3-none-any.whl`;
}

interface Sent {
  readonly name: string;
  readonly version: string;
  readonly fileName: string;
  readonly content: Buffer;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Uploads a file with the fields that twine sends. */
async function send({ name, version, fileName, content, fields = {} }: Sent): Promise<Response> {
  const form = new FormData();
  const given = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name,
    version,
    filetype: 'bdist_wheel',
    pyversion: 'py3',
    summary: 'says something',
    sha256_digest: createHash('sha256').update(content).digest('hex'),
    md5_digest: createHash('md5').update(content).digest('hex'),
    ...fields,
  };
  for (const [field, value] of Object.entries(given)) form.append(field, value);
  form.append('content', new Blob([content]), fileName);
  const authorization = `Basic ${Buffer.from(`aws:${await place.token()}`).toString('base64')}`;
  return fetch(place.registry('pypi'), { method: 'POST', body: form, headers: { authorization } });
}

async function publish(name: string, version: string, text: string): Promise<Response> {
  const fileName = await aWheel(name, version, text);
  return send({ name, version, fileName, content: await readFile(join(folder, fileName)) });
}

async function indexUrl(): Promise<string> {
  const url = new URL(`${place.registry('pypi')}simple/`);
  url.username = 'aws';
  url.password = await place.token();
  return url.href;
}

/** Installs a package into a new folder. @returns the package's output */
async function install(requirement: string): Promise<string> {
  const target = await mkdtemp(join(folder, 'target-'));
  const how = ['--no-deps', '--no-cache-dir', '--retries', '0', '--target', target];
  await python(['-m', 'pip', 'install', '--index-url', await indexUrl(), ...how, requirement]);
  const module = (await readdir(target)).find((file) => file.endsWith('.py')) ?? '';
  return readFile(join(target, module), 'utf8');
}

/** Not a real wheel, because the registry does not read the content. */
const content = Buffer.from('a wheel');

describe('pip with a repository of the local AWS', () => {
  withPip(
    '`pip` installs a package that was uploaded as twine does, under any spelling of its name',
    async () => {
      expect((await publish('My_Thing', '1.0', 'one')).status).toBe(200);
      expect(await install('my.thing')).toContain('one');
      const coordinates = { ...HERE, format: 'pypi', package: 'My.Thing' } as const;
      const { packageVersion } = await place.client.send(
        new DescribePackageVersionCommand({ ...coordinates, packageVersion: '1.0' }),
      );
      expect(packageVersion).toMatchObject({ packageName: 'my-thing', summary: 'says something' });
      const { packages } = await place.client.send(new ListPackagesCommand({ ...HERE, format: 'pypi' }));
      expect(packages?.map((each) => each.package)).toContain('my-thing');
    },
  );

  withPip(
    'A Python file cannot be replaced, but can be uploaded again after its version is deleted',
    async () => {
      expect((await publish('again', '1.0', 'first')).status).toBe(200);
      const refused = await publish('again', '1.0', 'second');
      expect(refused.status).toBe(409);
      expect(await refused.text()).toContain('again-1.0-py3-none-any.whl has been uploaded already');
      const id = { ...HERE, format: 'pypi', package: 'again' } as const;
      await place.client.send(new DeletePackageVersionsCommand({ ...id, versions: ['1.0'] }));
      expect((await publish('again', '1.0', 'second')).status).toBe(200);
      expect(await install('again==1.0')).toContain('second');
    },
  );

  withPip('`pip` is redirected to the public index for other packages, without the token', async () => {
    await aWheel('public_thing', '3.0', 'from the public');
    expect(await install('public-thing')).toContain('from the public');
    expect(askedOfPublic.length).toBeGreaterThanOrEqual(2);
    expect(askedOfPublic.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    await expect(install('no-such-thing')).rejects.toThrow(/No matching distribution/);
  });

  withPip("`pip` downloads a package that Python's requests library uploaded", async () => {
    const fileName = await aWheel('by_requests', '2.0', 'two');
    const program = `
from pip._vendor import requests
import os
fields = [(':action', 'file_upload'), ('protocol_version', '1'), ('name', 'by_requests'), ('version', '2.0'),
          ('classifiers', 'a'), ('classifiers', 'b'), ('description', 'ä\\r\\nb')]
with open(os.environ['FILE'], 'rb') as wheel:
    files = {'content': (os.environ['FILE'], wheel, 'application/octet-stream')}
    requests.post(os.environ['URL'], data=fields, files=files, auth=('aws', os.environ['TOKEN'])).raise_for_status()
`;
    const environment = { FILE: fileName, URL: place.registry('pypi'), TOKEN: await place.token() };
    await python(['-c', program], environment);
    const arguments_ = [
      '--index-url',
      await indexUrl(),
      '--no-deps',
      '--no-cache-dir',
      '--dest',
      'downloaded',
    ];
    await python(['-m', 'pip', 'download', ...arguments_, 'by-requests']);
    const original = await readFile(join(folder, fileName));
    expect((await readFile(join(folder, 'downloaded', fileName))).equals(original)).toBe(true);
  });
});

describe('The simple index', () => {
  it('The simple index lists packages and files with their digests and required Python versions', async () => {
    const requires = { requires_python: '>=3.9' };
    const file = { name: 'listed', version: '1.0', fileName: 'listed-1.0-py3-none-any.whl', content };
    expect((await send({ ...file, fields: requires })).status).toBe(200);
    const headers = { authorization: `Bearer ${await place.token()}` };
    const read = async (path: string) =>
      (await fetch(`${place.registry('pypi')}simple/${path}`, { headers })).text();
    expect(await read('')).toContain('<a href="listed/">listed</a>');
    const page = await read('listed/');
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(page).toContain(`simple/listed/1.0/${file.fileName}#sha256=${sha256}"`);
    expect(page).toContain('data-requires-python="&gt;=3.9"');
  });

  const file = { name: 'refused', version: '1.0', fileName: 'refused-1.0.tar.gz', content };
  it.each([
    ['another action', { ...file, fields: { ':action': 'submit' } }, "'submit' is not 'file_upload'"],
    ['a digest that is not the file’s', { ...file, fields: { sha256_digest: 'ab' } }, 'sha256_digest'],
    [
      'a file of another package',
      { ...file, fileName: 'other-1.0.tar.gz' },
      "does not start with the name 'refused'",
    ],
    ['a file name that leaves its folder', { ...file, fileName: '..%2f..%2fa.whl' }, 'file name'],
    ['a name that is none', { ...file, name: '__proto__' }, 'name "__proto__" is not valid'],
  ])('The PyPI registry refuses an upload with %s', async (_what, sent, message) => {
    const answer = await send(sent);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(JSON.stringify(message).slice(1, -1));
  });

  it('The PyPI registry refuses an upload that is not multipart', async () => {
    const headers = { authorization: `Bearer ${await place.token()}`, 'content-type': 'text/plain' };
    const answer = await fetch(place.registry('pypi'), { method: 'POST', body: 'content', headers });
    expect(answer.status).toBe(400);
  });

  it('The PyPI registry returns 404 for a file that was not uploaded', async () => {
    await writeFile(join(place.context.dataFolder, 'secret'), 'secret');
    const headers = { authorization: `Bearer ${await place.token()}` };
    for (const path of ['simple/listed/1.0/..%2f..%2fsecret', 'simple/a/b/c/d', 'other/']) {
      expect((await fetch(`${place.registry('pypi')}${path}`, { headers })).status).toBe(404);
    }
  });
});
