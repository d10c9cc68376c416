import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAMS = path.resolve(import.meta.dirname, '../../../dist/lambdas/prepare-run');

/** Implementations of the login program. Both must behave in the same way. */
export const LANGUAGES = ['node', 'python'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Path of the Python interpreter itself. The command `python3` may be a script that needs other commands. */
const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const COMMANDS: Readonly<Record<Language, readonly [string, ...string[]]>> = {
  node: [process.execPath, path.join(PROGRAMS, 'registry-logins.mjs')],
  python: [PYTHON, '-I', path.join(PROGRAMS, 'registry-logins.pyz')],
};

/**
 * A fake docker that records its arguments and its input. Logging in to the registry `down.example.com` fails.
 */
const DOCKER = `#!/bin/bash
input=$(cat)
printf '%s\\n' "$*" >> "$HOME/docker-words"
printf '%s\\n' "$input" >> "$HOME/docker-input"
if [ "\${!#}" = down.example.com ]; then echo "unauthorized: $input is wrong" >&2; exit 1; fi
`;

const CONTAINER_PATH = '/credentials';
const CONTAINER_TOKEN = 'token-of-the-container';

/** The exit code and the output of the program. */
export interface Said {
  readonly exitCode: number | null;
  readonly said: string;
}

/** The home folder of a build and its secrets. */
export interface ABuild {
  readonly home: string;
  run(variables?: Readonly<Record<string, string>>, ...args: string[]): Promise<Said>;
  /** Runs another program in the environment of the build. @returns its output */
  ask(command: string, ...args: string[]): Promise<Said>;
  /** Reads a file below the home folder. */
  read(name: string): Promise<string>;
  mode(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  dispose(): Promise<void>;
}

export interface BuildSettings {
  /** Values of secrets by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Token of CodeArtifact for the domain `team`, and URL of its repositories; undefined to refuse the token.
   */
  readonly packages?: { readonly token: string; readonly url: string };
  /** Whether docker is installed. @default true */
  readonly hasDocker?: boolean;
  /** Number of calls that fail with status 503 before calls succeed. @default 0 */
  readonly busyAnswers?: number;
  /**
   * Whether the credentials come from the container credentials endpoint instead of the environment.
   * @default false
   */
  readonly asksContainer?: boolean;
}

export async function aBuild(language: Language, settings: BuildSettings = {}): Promise<ABuild> {
  const { hasDocker = true } = settings;
  const home = await mkdtemp(path.join(tmpdir(), 'codeseeder-logins-'));
  const commands = path.join(home, 'commands');
  await mkdir(commands);
  if (hasDocker) await writeFile(path.join(commands, 'docker'), DOCKER, { mode: 0o755 });
  const server = await listen(settings);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = {
    PATH: hasDocker ? `${commands}:${process.env['PATH']}` : commands,
    HOME: home,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: endpoint,
    ...(settings.asksContainer === true
      ? {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}${CONTAINER_PATH}`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: CONTAINER_TOKEN,
        }
      : { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }),
  };
  return {
    home,
    run: (variables = {}, ...args) => {
      const [command, ...words] = COMMANDS[language];
      return endOf(command, [...words, ...args], { ...environment, ...variables });
    },
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

/** Returns the response of the container credentials endpoint. The caller must send the container's token. */
function containerAnswer(authorization: string | undefined) {
  if (authorization !== CONTAINER_TOKEN) return { status: 401, body: {} };
  const Expiration = new Date(Date.now() + 3_600_000).toISOString();
  return {
    status: 200,
    body: { AccessKeyId: 'of-the-container', SecretAccessKey: 's', Token: 't', Expiration },
  };
}

/** Serves GetSecretValue of Secrets Manager, and the operations of CodeArtifact that are needed to log in. */
async function listen(settings: BuildSettings): Promise<Server> {
  let busyAnswers = settings.busyAnswers ?? 0;
  const signer = settings.asksContainer === true ? 'of-the-container/' : 'key/';
  const answerOf = ({ url = '', headers }: IncomingMessage, text: string) => {
    if (url === CONTAINER_PATH) return containerAnswer(headers.authorization);
    if (headers.authorization?.includes(`Credential=${signer}`) !== true) return { status: 403, body: {} };
    if (busyAnswers-- > 0) return { status: 503, body: {} };
    return url.startsWith('/v1/')
      ? packagesAnswer(new URL(url, 'http://a'), settings)
      : secretAnswer(text, settings);
  };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { status, body } = answerOf(request, text);
      const isRest = request.method === 'GET' || request.url?.startsWith('/v1/') === true;
      response.writeHead(status, {
        'content-type': isRest ? 'application/json' : 'application/x-amz-json-1.1',
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
