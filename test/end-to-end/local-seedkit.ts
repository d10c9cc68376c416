import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { COMMAND_LINE, start, type Running } from './command-line-process.js';

/** A seedkit in a local AWS of its own, which runs in another process. */
export interface LocalSeedkit {
  readonly name: string;
  readonly endpoint: string;
  /** The variables that `local up` prints. */
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** The process id of the local AWS. */
  readonly pid: number;
  /** Data folder of the local AWS, a temporary folder by default. */
  readonly dataFolder: string;
  /** Kills the local AWS with SIGKILL. */
  kill(): Promise<void>;
  /** Ends the local AWS and removes its data. */
  close(): Promise<void>;
}

export interface LocalSeedkitOptions {
  readonly name?: string;
  readonly concurrency?: number;
  /** Data folder of an earlier local AWS with this seedkit. @default a new temporary folder */
  readonly dataFolder?: string;
  /** Port of the local AWS. @default a free port */
  readonly port?: number;
}

/** Starts a local AWS with `codeseeder local up`, and sets the environment of this process for its SDK clients. */
export async function startLocalSeedkit(options: LocalSeedkitOptions = {}): Promise<LocalSeedkit> {
  const name = options.name ?? 'e2e';
  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'codeseeder-e2e-')));
  const args = ['local', 'up', name, '--data', dataFolder, '--json'];
  args.push('--concurrency', String(options.concurrency ?? 4));
  if (options.port !== undefined) args.push('--port', String(options.port));
  const place = start(process.execPath, [COMMAND_LINE, ...args]);
  await place.untilPrinted('\n}\n').catch(async (error: unknown) => {
    await end(place, 'SIGKILL');
    if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
    throw error;
  });
  const description = JSON.parse(place.printed()) as Description;
  Object.assign(process.env, description.environment);
  return {
    name,
    dataFolder,
    pid: place.process.pid ?? 0,
    ...description,
    kill: () => end(place, 'SIGKILL'),
    async close() {
      await end(place, 'SIGTERM');
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A seedkit that several test files use at the same time. */
export interface SharedSeedkit extends Pick<LocalSeedkit, 'name' | 'dataFolder' | keyof Description> {
  /** A folder that builds can see, because it is in the PATH of the local AWS. */
  readonly seenByBuilds: string;
}

/**
 * Returns the seedkit that test files share, and sets the environment of this process for its SDK clients. Use it in
 * files that look only at runs, keys and rules of their own.
 */
export async function sharedSeedkit(): Promise<SharedSeedkit> {
  const socket = connect(process.env['CODESEEDER_TEST_SEEDKIT'] ?? '').setEncoding('utf8');
  let text = '';
  socket.on('data', (part: string) => (text += part));
  await once(socket, 'end');
  const { problem, ...description } = JSON.parse(text) as Omit<SharedSeedkit, 'name'> & {
    readonly problem?: string;
  };
  if (problem !== undefined) throw new Error(problem);
  Object.assign(process.env, description.environment);
  return { name: 'e2e', ...description };
}

async function end(place: Running, signal: NodeJS.Signals): Promise<void> {
  place.process.kill(signal);
  await place.ended;
}

type Description = Pick<LocalSeedkit, 'endpoint' | 'environment' | 'outputs'>;
