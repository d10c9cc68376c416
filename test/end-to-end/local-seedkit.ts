import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { COMMAND_LINE, start, type Running } from './command-line-process.js';

/** A seedkit of its own in a local place of its own, started as a user would. */
export interface LocalSeedkit {
  readonly name: string;
  readonly endpoint: string;
  /** What `local up` says to export. */
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** The place's process. */
  readonly pid: number;
  /** The place's data, below a temporary folder. */
  readonly dataFolder: string;
  /** Kills the place's process as a power cut would. */
  kill(): Promise<void>;
  /** Ends the place and removes its data. */
  close(): Promise<void>;
}

export interface LocalSeedkitOptions {
  readonly name?: string;
  readonly concurrency?: number;
  /** Data that an earlier place left. */
  readonly dataFolder?: string;
  /** @default one that is free */
  readonly port?: number;
}

/** Starts a place with `codeseeder local up` and points this process's SDK clients at it. */
export async function startLocalSeedkit(options: LocalSeedkitOptions = {}): Promise<LocalSeedkit> {
  const name = options.name ?? 'e2e';
  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'codeseeder-e2e-')));
  const args = ['local', 'up', name, '--data', dataFolder, '--json'];
  args.push('--concurrency', String(options.concurrency ?? 4));
  if (options.port !== undefined) args.push('--port', String(options.port));
  const place = start(process.execPath, [COMMAND_LINE, ...args]);
  await place.said('\n}\n').catch(async (error: unknown) => {
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

async function end(place: Running, signal: NodeJS.Signals): Promise<void> {
  place.process.kill(signal);
  await place.ended;
}

type Description = Pick<LocalSeedkit, 'endpoint' | 'environment' | 'outputs'>;
