import type { Command } from 'commander';

import { parseSeedkitName, seedkitNames } from '../../../lib/contract/index.js';
import type { AwsOptions } from '../../aws-options.js';
import { UsageError } from '../exit-code.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import { assemblyCacheFolder, synthesizeAssembly, type SeedkitContextText } from '../../deploy/assembly.js';
import { deployedContext, findStack, refuseForeign, wasCreated } from '../../deploy/stack-state.js';
import { dataFolderOf, findPlace, type PlaceOptions, withPlaceOptions } from './place-options.js';
import { addValueCommands } from './value-commands.js';

interface UpOptions extends PlaceOptions {
  readonly port?: number;
  readonly region?: string;
  readonly concurrency: number;
}

/** How long `local down` waits for the place to end its runs and its processes. */
const DOWN_TIMEOUT_MS = 30_000;

/** `codeseeder local up|status|down|secret|parameter`. */
export function addLocalCommand(program: Command, terminal: Terminal): void {
  const local = program
    .command('local')
    .description('an embedded AWS on 127.0.0.1 with the seedkit deployed to it');
  withPlaceOptions(local.command('up'), 'start the place and stay in the foreground')
    .option('--port <port>', 'port to listen on (default: a free one)', parsePort)
    .option('--region <region>', 'region the place says it is (default: its own, else us-east-1)')
    .option('--concurrency <builds>', 'builds that run at the same time', parseCount, 4)
    .action((seedkit: string, options: UpOptions) => up(parseSeedkitName(seedkit), options, terminal));
  withPlaceOptions(local.command('status'), 'say whether the place is up, and where').action(
    (seedkit: string, options: PlaceOptions) => status(parseSeedkitName(seedkit), options, terminal),
  );
  withPlaceOptions(local.command('down'), 'end the place and what runs in it; its data stays').action(
    (seedkit: string, options: PlaceOptions) => down(parseSeedkitName(seedkit), options, terminal),
  );
  addValueCommands(local, terminal);
}

async function up(seedkit: string, options: UpOptions, terminal: Terminal): Promise<void> {
  const { startLocalPlace } = await import('../../../lib/local/index.js');
  const place = await startLocalPlace({
    dataFolder: dataFolderOf(seedkit, options, terminal),
    buildConcurrency: options.concurrency,
    ...(options.port !== undefined && { port: options.port }),
    ...(options.region !== undefined && { region: options.region }),
    onProblem: (problem) => printLine(terminal.stderr, `! ${problem}`),
  });
  try {
    printLine(terminal.stderr, `Synthesizing the seedkit ${seedkit} ...`);
    const assemblyFolder = await synthesizeAssembly({
      context: await contextOf(seedkit, place),
      cacheFolder: assemblyCacheFolder(terminal.environment),
      signal: terminal.interrupted,
    });
    const [stack] = await place.deploy(assemblyFolder);
    const environment = { ...place.environment(), CODESEEDER_SEEDKIT: seedkit };
    const { endpoint, account, region } = place;
    const { stackName, outputs } = stack ?? {};
    const result = { seedkit, endpoint, account, region, stackName, environment, outputs };
    printResult(terminal, options.json === true, result, () =>
      Object.entries(environment).map(([name, value]) => `export ${name}=${value}`),
    );
    printLine(terminal.stderr, `The local place is up at ${endpoint}. Ctrl-C ends it.`);
    await untilInterrupted(terminal.interrupted);
    printLine(terminal.stderr, 'Ending the local place ...');
  } finally {
    await place.close();
  }
}

/** What the place's seedkit was deployed with, if it was: its next start keeps it. */
async function contextOf(
  seedkit: string,
  { endpoint, region, credentials }: Required<Pick<AwsOptions, 'endpoint' | 'region' | 'credentials'>>,
): Promise<SeedkitContextText> {
  const client = await createAwsClients({ endpoint, region, credentials }).cloudFormation();
  const stack = await findStack(client, seedkitNames.stack(seedkit));
  if (stack !== undefined) refuseForeign(stack);
  const kept = stack !== undefined && wasCreated(stack.status) ? deployedContext(stack) : {};
  return { ...kept, name: seedkit };
}

async function status(seedkit: string, options: PlaceOptions, terminal: Terminal): Promise<void> {
  const place = await findPlace(seedkit, options, terminal);
  if (place === undefined) {
    printResult(terminal, options.json === true, { seedkit, up: false }, () => [`${seedkit} is not up`]);
    return;
  }
  const { endpoint, pid, region, account } = place;
  printResult(terminal, options.json === true, { seedkit, up: true, endpoint, pid, region, account }, () => [
    `${seedkit} is up at ${endpoint} (process ${pid}, region ${region}, account ${account})`,
  ]);
}

async function down(seedkit: string, options: PlaceOptions, terminal: Terminal): Promise<void> {
  const place = await findPlace(seedkit, options, terminal);
  if (place !== undefined) {
    process.kill(place.pid, 'SIGTERM');
    await untilGone(seedkit, options, terminal, place.pid);
  }
  const wasUp = place !== undefined;
  printResult(terminal, options.json === true, { seedkit, wasUp, up: false }, () => [
    wasUp ? `${seedkit} is down` : `${seedkit} was not up`,
  ]);
}

async function untilGone(
  seedkit: string,
  options: PlaceOptions,
  terminal: Terminal,
  pid: number,
): Promise<void> {
  const deadlineMs = Date.now() + DOWN_TIMEOUT_MS;
  while ((await findPlace(seedkit, options, terminal)) !== undefined) {
    if (Date.now() > deadlineMs) {
      throw new UsageError(
        `The place ${seedkit} (process ${pid}) did not end within ${DOWN_TIMEOUT_MS / 1_000} s.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function untilInterrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port takes a number from 1 to 65535, not ${JSON.stringify(text)}`);
  }
  return port;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`--concurrency takes a whole number from 1, not ${JSON.stringify(text)}`);
  }
  return count;
}
