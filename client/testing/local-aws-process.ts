import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { CodeseederError } from '../../lib/contract/codeseeder-error.js';
import type { LocalSeedkitOptions } from './local-seedkit-types.js';

const COMMAND_LINE = fileURLToPath(new URL('../../bin/codeseeder.js', import.meta.url));

/** What `local up --json` prints about a seedkit that is up. */
export interface LocalAwsDescription {
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A local AWS in a process of its own. */
export interface LocalAwsProcess extends LocalAwsDescription {
  /** Stops the process and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts a local AWS with a seedkit, with data in a temporary folder. It also stops, and removes its data, when this
 * process ends without `stop()`.
 *
 * @throws CodeseederError `Usage` with the messages of a local AWS that ended before it was up
 */
export async function startLocalAwsProcess(
  seedkit: string,
  options: LocalSeedkitOptions,
): Promise<LocalAwsProcess> {
  const args = ['local', 'up', seedkit, '--ephemeral', '--no-console', '--json', ...flagsOf(options)];
  const child = spawn(process.execPath, [COMMAND_LINE, ...args], {
    // `nohup` sets the variable `_`, by which a process knows that it is meant to outlive the one that started it.
    env: { ...process.env, _: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const onExit = () => void child.kill('SIGTERM');
  process.once('exit', onExit);
  const { dataFolder, ...description } = await untilUp(child, seedkit).catch((error: unknown) => {
    process.off('exit', onExit);
    child.kill('SIGKILL');
    throw error;
  });
  // The test runner need not wait for the local AWS.
  child.unref();
  let stopped: Promise<void> | undefined;
  return {
    ...description,
    stop() {
      process.off('exit', onExit);
      stopped ??= end(child, dataFolder);
      return stopped;
    },
  };
}

function flagsOf({ concurrency, region, app }: LocalSeedkitOptions): string[] {
  return Object.entries({ '--concurrency': concurrency, '--region': region, '--app': app }).flatMap(
    ([flag, value]) => (value === undefined ? [] : [flag, String(value)]),
  );
}

type Printed = LocalAwsDescription & { readonly dataFolder: string };

async function untilUp({ stdout, stderr }: ChildProcess, seedkit: string): Promise<Printed> {
  let printed = '';
  let messages = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => (messages += text));
  for await (const text of stdout?.setEncoding('utf8') ?? []) {
    printed += String(text);
    if (!printed.endsWith('\n}\n')) continue;
    stderr?.destroy();
    return JSON.parse(printed) as Printed;
  }
  if (stderr !== null && !stderr.readableEnded) await once(stderr, 'end');
  throw new CodeseederError(
    'Usage',
    `The local AWS of the seedkit ${seedkit} ended before it was up. Its messages: ${messages.trim()}`,
  );
}

async function end(child: ChildProcess, dataFolder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.ref();
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  // The process removes the folder itself, unless it was killed.
  await rm(dataFolder, { recursive: true, force: true });
}
