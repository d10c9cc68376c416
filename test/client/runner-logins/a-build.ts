import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAM = path.resolve(import.meta.dirname, '../../../dist/lambdas/prepare-run/registry-logins.mjs');

/** A docker that keeps its words and its input, and refuses the registry `down.example.com`. */
const DOCKER = `#!/bin/bash
input=$(cat)
printf '%s\\n' "$*" >> "$HOME/docker-words"
printf '%s\\n' "$input" >> "$HOME/docker-input"
if [ "\${!#}" = down.example.com ]; then echo "unauthorized: $input is wrong" >&2; exit 1; fi
`;

/** How the program ended, and all it said. */
export interface Said {
  readonly exitCode: number | null;
  readonly said: string;
}

/** A build's home and its secrets. */
export interface ABuild {
  readonly home: string;
  run(variables?: Readonly<Record<string, string>>, ...args: string[]): Promise<Said>;
  /** What another program says in the build's environment. */
  ask(command: string, ...args: string[]): Promise<Said>;
  /** A file below the home. */
  read(name: string): Promise<string>;
  mode(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  dispose(): Promise<void>;
}

export interface BuildSettings {
  /** Text by the secret's name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** CodeArtifact's token for the domain `team`, and where its repositories are; undefined refuses the login. */
  readonly packages?: { readonly token: string; readonly url: string };
  /** @default true */
  readonly hasDocker?: boolean;
}

export async function aBuild(settings: BuildSettings = {}): Promise<ABuild> {
  const { hasDocker = true } = settings;
  const home = await mkdtemp(path.join(tmpdir(), 'codeseeder-logins-'));
  const commands = path.join(home, 'commands');
  await mkdir(commands);
  if (hasDocker) await writeFile(path.join(commands, 'docker'), DOCKER, { mode: 0o755 });
  const server = await listen(settings);
  const environment = {
    PATH: hasDocker ? `${commands}:${process.env['PATH']}` : commands,
    HOME: home,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  return {
    home,
    run: (variables = {}, ...args) =>
      endOf(process.execPath, [PROGRAM, ...args], { ...environment, ...variables }),
    ask: (command, ...args) => endOf(command, args, { ...environment, PATH: process.env['PATH'] ?? '' }),
    read: (name) => readFile(path.join(home, name), 'utf8'),
    mode: async (name) => ((await stat(path.join(home, name))).mode & 0o777).toString(8),
    async write(name, text) {
      await mkdir(path.dirname(path.join(home, name)), { recursive: true });
      await writeFile(path.join(home, name), text);
      await chmod(path.join(home, name), 0o644);
    },
    async dispose() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Secrets Manager, as far as GetSecretValue goes, and CodeArtifact, as far as a login does. */
async function listen(settings: BuildSettings): Promise<Server> {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const isPackages = request.url?.startsWith('/v1/') === true;
      const { status, body } = isPackages
        ? packagesAnswer(new URL(request.url ?? '', 'http://a'), settings)
        : secretAnswer(text, settings);
      response.writeHead(status, {
        'content-type': isPackages ? 'application/json' : 'application/x-amz-json-1.1',
      });
      response.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function secretAnswer(text: string, { secrets = {} }: BuildSettings) {
  const { SecretId } = JSON.parse(text) as { SecretId: string };
  const SecretString = secrets[SecretId];
  if (SecretString !== undefined) return { status: 200, body: { SecretString } };
  return { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no such secret' } };
}

function packagesAnswer({ pathname, searchParams }: URL, { packages }: BuildSettings) {
  if (packages === undefined || searchParams.get('domain') !== 'team') {
    return { status: 403, body: { __type: 'AccessDeniedException', message: 'not allowed' } };
  }
  if (pathname === '/v1/authorization-token') {
    return { status: 200, body: { authorizationToken: packages.token, expiration: 2_000_000_000 } };
  }
  const place = `${searchParams.get('format')}/${searchParams.get('repository')}`;
  return { status: 200, body: { repositoryEndpoint: `${packages.url}/${place}/` } };
}

async function endOf(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Said> {
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, said };
}
