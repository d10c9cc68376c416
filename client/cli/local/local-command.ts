import path from 'node:path';

import { type Command, Option } from 'commander';

import { parseSeedkitName, seedkitNames } from '../../../lib/contract/index.js';
import type { AwsOptions } from '../../aws-options.js';
import type { BuildIsolation, DeployedStack, LocalPlace } from '../../../lib/local/index.js';
import { definedOnly } from '../../../lib/contract/defined-only.js';
import { UsageError } from '../exit-code.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import { assemblyCacheFolder, synthesizeAssembly, type SeedkitContextText } from '../../deploy/assembly.js';
import { synthesizeApp } from '../../deploy/app-assembly.js';
import { deployedContext, findStack, refuseForeign, wasCreated } from '../../deploy/stack-state.js';
import { dataFolderOf, findLocalAws, type LocalFlags, withLocalFlags } from './local-flags.js';
import { addRepairCommand } from './repair-command.js';
import { addValueCommands } from './value-commands.js';
import type { QuotasOption } from '../../../lib/local/index.js';

interface UpFlags extends LocalFlags {
  readonly app?: string | undefined;
  readonly port?: number | undefined;
  readonly region?: string | undefined;
  readonly concurrency: number;
  readonly buildIsolation: BuildIsolation['kind'];
  readonly quotas: QuotasOption;
}

/** Time that `local down` waits for the local AWS to end its runs and its processes. */
const DOWN_TIMEOUT_MS = 30_000;

/** Adds `codeseeder local up`, `status`, `down`, `repair`, `secret` and `parameter`. */
export function addLocalCommand(program: Command, terminal: Terminal): void {
  const local = program
    .command('local')
    .description('a local AWS on 127.0.0.1 with a seedkit deployed to it');
  withLocalFlags(local.command('up'), 'start the local AWS in the foreground')
    .option(
      '--app <command>',
      "deploy all stacks of the CDK app that this command runs, such as 'npx tsx my-app.ts'; one of them is the seedkit",
    )
    .option('--port <port>', 'port to listen on (default: a free port)', parsePort)
    .option('--region <region>', 'AWS region that it reports (default: that of its data, or us-east-1)')
    .option('--concurrency <builds>', 'number of builds that run at the same time', parseCount, 4)
    .addOption(
      new Option(
        '--build-isolation <kind>',
        'namespaces: builds have their own /tmp and processes where Linux allows it; none: builds share those of the machine',
      )
        .choices(['namespaces', 'none'] satisfies readonly BuildIsolation['kind'][])
        .default('namespaces'),
    )
    .addOption(
      new Option(
        '--quotas <account>',
        'request rates: none, or those of an AWS account, over which calls are throttled',
      )
        .choices(['none', 'aws', 'aws-new-account'] satisfies readonly QuotasOption[])
        .default('none'),
    )
    .action((seedkit: string, options: UpFlags) => up(parseSeedkitName(seedkit), options, terminal));
  withLocalFlags(local.command('status'), 'show whether the local AWS is up, and its endpoint').action(
    (seedkit: string, options: LocalFlags) => status(parseSeedkitName(seedkit), options, terminal),
  );
  withLocalFlags(local.command('down'), 'stop the local AWS and its runs; its data stays').action(
    (seedkit: string, options: LocalFlags) => down(parseSeedkitName(seedkit), options, terminal),
  );
  addRepairCommand(local, terminal);
  addValueCommands(local, terminal);
}

async function up(seedkit: string, options: UpFlags, terminal: Terminal): Promise<void> {
  const { startLocalPlace } = await import('../../../lib/local/index.js');
  const localAws = await startLocalPlace({
    dataFolder: dataFolderOf(seedkit, options, terminal),
    buildConcurrency: options.concurrency,
    buildIsolation: options.buildIsolation,
    quotas: options.quotas,
    ...definedOnly({ port: options.port, region: options.region }),
    onProblem: (problem, cause) => printLine(terminal.stderr, `! ${withCause(problem, cause)}`),
  });
  try {
    const stacks = await deployTo(localAws, seedkit, options, terminal);
    const stack = seedkitStack(seedkit, stacks, options);
    const environment = { ...localAws.environment(), CODESEEDER_SEEDKIT: seedkit };
    const { endpoint, account, region, buildIsolation } = localAws;
    const { stackName, outputs } = stack;
    const described = { seedkit, endpoint, account, region, buildIsolation };
    const result = { ...described, stackName, environment, outputs, stacks };
    printResult(terminal, options.json === true, result, () =>
      Object.entries(environment).map(([name, value]) => `export ${name}=${value}`),
    );
    if (buildIsolation.kind === 'none') {
      printLine(terminal.stderr, `Builds share this machine's /tmp and processes. ${buildIsolation.reason}`);
    }
    printLine(terminal.stderr, `The local AWS is up at ${endpoint}. Press Ctrl-C to stop it.`);
    await untilInterrupted(terminal.interrupted);
    printLine(terminal.stderr, 'Stopping the local AWS ...');
  } finally {
    await localAws.close();
  }
}

/** Adds the cause of a problem with the data, which names a file and what to do about it. */
function withCause(problem: string, cause: unknown): string {
  const isAboutData = cause instanceof Error && cause.name.startsWith('DataFolder');
  return isAboutData ? `${problem} ${cause.message}` : problem;
}

/** Synthesizes the seedkit or the user's app, and deploys it. */
async function deployTo(
  localAws: LocalPlace,
  seedkit: string,
  { app, ...options }: UpFlags,
  terminal: Terminal,
): Promise<readonly DeployedStack[]> {
  const signal = terminal.interrupted;
  if (app !== undefined) {
    printLine(terminal.stderr, `Synthesizing the app ${app} ...`);
    const { account, region } = localAws;
    const outputFolder = path.resolve(dataFolderOf(seedkit, options, terminal), 'assembly');
    return localAws.deploy(await synthesizeApp({ command: app, outputFolder, account, region, signal }));
  }
  printLine(terminal.stderr, `Synthesizing the seedkit ${seedkit} ...`);
  const assemblyFolder = await synthesizeAssembly({
    context: await contextOf(seedkit, localAws),
    cacheFolder: assemblyCacheFolder(terminal.environment),
    signal,
  });
  return localAws.deploy(assemblyFolder);
}

/** Returns the stack of the seedkit. @throws UsageError if the app has no such stack */
function seedkitStack(
  seedkit: string,
  stacks: readonly DeployedStack[],
  { app }: Pick<UpFlags, 'app'>,
): DeployedStack {
  const wanted = seedkitNames.stack(seedkit);
  const stack = stacks.find(({ stackName }) => stackName === wanted);
  if (stack !== undefined) return stack;
  throw new UsageError(
    `The app ${app} has no stack ${wanted}, but ${stacks.map(({ stackName }) => stackName).join(', ')}. Give the name of the app's seedkit, or add one: new SeedkitStack(app, 'Seedkit', { seedkitName: '${seedkit}' }).`,
  );
}

/** Returns the context to synthesize. The settings of an earlier deployment are kept. */
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

async function status(seedkit: string, options: LocalFlags, terminal: Terminal): Promise<void> {
  const localAws = await findLocalAws(seedkit, options, terminal);
  if (localAws === undefined) {
    printResult(terminal, options.json === true, { seedkit, up: false }, () => [`${seedkit} is not up`]);
    return;
  }
  const { endpoint, pid, region, account } = localAws;
  printResult(terminal, options.json === true, { seedkit, up: true, endpoint, pid, region, account }, () => [
    `${seedkit} is up at ${endpoint} (process ${pid}, region ${region}, account ${account})`,
  ]);
}

async function down(seedkit: string, options: LocalFlags, terminal: Terminal): Promise<void> {
  const localAws = await findLocalAws(seedkit, options, terminal);
  if (localAws !== undefined) {
    process.kill(localAws.pid, 'SIGTERM');
    await untilStopped(seedkit, options, terminal, localAws.pid);
  }
  const wasUp = localAws !== undefined;
  printResult(terminal, options.json === true, { seedkit, wasUp, up: false }, () => [
    wasUp ? `${seedkit} is down` : `${seedkit} was not up`,
  ]);
}

async function untilStopped(
  seedkit: string,
  options: LocalFlags,
  terminal: Terminal,
  pid: number,
): Promise<void> {
  const deadlineMs = Date.now() + DOWN_TIMEOUT_MS;
  while ((await findLocalAws(seedkit, options, terminal)) !== undefined) {
    if (Date.now() > deadlineMs) {
      throw new UsageError(
        `The local AWS of ${seedkit} (process ${pid}) did not stop within ${DOWN_TIMEOUT_MS / 1_000} s. Stop the process by its id.`,
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
    throw new UsageError(`--port takes a number from 1 to 65535, not ${JSON.stringify(text)}.`);
  }
  return port;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`--concurrency takes a whole number of at least 1, not ${JSON.stringify(text)}.`);
  }
  return count;
}
