import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { LOCAL_CONSOLE_VARIABLE, type LocalConsole, parseLocalConsole } from '../../../lib/contract/index.js';
import type { LocalAws } from '../../../lib/local/index.js';
import type { RunningConsole } from '../../console/server/start-console.js';
import { connect } from '../../connection/connection.js';
import { UsageError } from '../exit-code.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { dataFolderOf, findLocalAws, localAwsOf, type LocalFlags } from './local-flags.js';

/** File in the data folder of a local AWS with the place of its console. */
const FILE = 'console.json';

/** The console of a local AWS that is up. */
export interface PlaceConsole {
  readonly url: string;
  close(): Promise<void>;
}

/** What the console of a local AWS needs. */
export interface PlaceConsoleOptions extends LocalFlags {
  readonly consolePort?: number | undefined;
}

/**
 * Serves the console of a local AWS. A problem is printed, and the local AWS works without the console.
 * @throws UsageError if the port that the user gave is in use
 */
export async function servePlaceConsole(
  seedkit: string,
  localAws: LocalAws,
  options: PlaceConsoleOptions,
  terminal: Terminal,
): Promise<PlaceConsole | undefined> {
  const folder = dataFolderOf(seedkit, options, terminal);
  const last = (await readConsoleFile(folder))?.port;
  try {
    const running = await startOnPort(seedkit, localAws, options.consolePort, last, terminal);
    const { port } = new URL(running.url);
    await writeConsoleFile(folder, { port: Number(port), pid: process.pid });
    return {
      url: running.url,
      async close() {
        await running.close();
        // Keeps the port, so that links to runs stay the same. Without the file, the next start uses another one.
        await writeConsoleFile(folder, { port: Number(port), pid: null }).catch(() => undefined);
      },
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    printLine(terminal.stderr, `! The console is not served: ${String(error)}`);
    return undefined;
  }
}

/** Starts the console on the given port, else on that of the last start, else on a free one. */
async function startOnPort(
  seedkit: string,
  localAws: LocalAws,
  wanted: number | undefined,
  last: number | undefined,
  { program }: Terminal,
): Promise<RunningConsole> {
  const { startConsole } = await import('../../console/server/start-console.js');
  const { endpoint, region, credentials } = localAws;
  const start = (port: number) =>
    startConsole(connect(seedkit, { endpoint, region, credentials }), port, {
      linkSecret: credentials.secretAccessKey,
      howToOpen: `Open the address that the command ${program} local console ${seedkit} prints.`,
      program: 'npx codeseeder',
      command: `local up ${seedkit}`,
    });
  return start(wanted ?? last ?? 0).catch((cause: unknown) => {
    if ((cause as { code?: unknown }).code !== 'EADDRINUSE') throw cause;
    if (wanted === undefined) return start(0);
    const message = `The port ${wanted} is in use. Give another one with --console-port, or none.`;
    throw new UsageError(message, { cause });
  });
}

/** Returns the URL of the console of a running local AWS; undefined if it has none. */
export async function placeConsoleUrl(
  seedkit: string,
  options: LocalFlags,
  terminal: Terminal,
): Promise<string | undefined> {
  const localAws = await findLocalAws(seedkit, options, terminal);
  const file = await readConsoleFile(dataFolderOf(seedkit, options, terminal));
  const isServed = localAws !== undefined && file?.pid === localAws.pid;
  return isServed ? `http://127.0.0.1:${file.port}` : undefined;
}

/** Returns the variable with the URL of a console; none without a console. */
export function consoleVariable(url: string | undefined): Record<string, string> {
  return url === undefined ? {} : { [LOCAL_CONSOLE_VARIABLE]: url };
}

/**
 * Prints an address that opens one session of a local AWS's console within a minute. Access to the data folder is the
 * authorization.
 * @throws UsageError if it has no console
 */
export async function printConsoleAddress(
  seedkit: string,
  options: LocalFlags,
  terminal: Terminal,
): Promise<void> {
  const { credentials } = await localAwsOf(seedkit, options, terminal);
  const url = await placeConsoleUrl(seedkit, options, terminal);
  if (url === undefined) {
    throw new UsageError(
      `The local AWS of ${seedkit} serves no console. Start it again without --no-console, or use \`codeseeder console\`.`,
    );
  }
  const { createLinkToken } = await import('../../console/server/link-token.js');
  const token = createLinkToken(credentials.secretAccessKey, Number(new URL(url).port), Date.now());
  const address = `${url}/?token=${token}`;
  printResult<'local console'>(terminal, options.json === true, { seedkit, url, address }, () => [address]);
  printLine(terminal.stderr, 'Open this address in a browser within a minute. It opens one session.');
}

async function readConsoleFile(folder: string): Promise<LocalConsole | undefined> {
  try {
    return parseLocalConsole(JSON.parse(await readFile(path.join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

async function writeConsoleFile(folder: string, content: LocalConsole): Promise<void> {
  const file = path.join(folder, FILE);
  await writeFile(`${file}.unfinished`, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  await rename(`${file}.unfinished`, file);
}
