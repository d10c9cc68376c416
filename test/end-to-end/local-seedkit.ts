import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const COMMAND_LINE = path.resolve(import.meta.dirname, '../../dist/bin/codeseeder.js');

/** The assembly is synthesized once for all tests. */
const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/codeseeder-test');

/** A seedkit of its own in a local place of its own, started as a user would. */
export interface LocalSeedkit {
  readonly name: string;
  readonly endpoint: string;
  /** What `local up` says to export. */
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
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
}

/** Starts a place with `codeseeder local up` and points this process's SDK clients at it. */
export async function startLocalSeedkit(options: LocalSeedkitOptions = {}): Promise<LocalSeedkit> {
  const name = options.name ?? 'e2e';
  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'codeseeder-e2e-')));
  const concurrency = String(options.concurrency ?? 4);
  const child = spawn(
    process.execPath,
    [COMMAND_LINE, 'local', 'up', name, '--data', dataFolder, '--json', '--concurrency', concurrency],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, XDG_CACHE_HOME: CACHE } },
  );
  const exited = once(child, 'exit');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const description = await firstJson(child.stdout.setEncoding('utf8'));
  if (description === undefined) throw new Error(`local up failed:\n${errors}`);
  Object.assign(process.env, description.environment);
  return {
    name,
    dataFolder,
    ...description,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async close() {
      child.kill('SIGTERM');
      await exited;
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

type Description = Pick<LocalSeedkit, 'endpoint' | 'environment' | 'outputs'>;

async function firstJson(output: AsyncIterable<unknown>): Promise<Description | undefined> {
  let printed = '';
  for await (const text of output) {
    printed += String(text);
    try {
      return JSON.parse(printed) as Description;
    } catch {
      // The rest is still to come.
    }
  }
  return undefined;
}
