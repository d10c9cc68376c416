import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { definedOnly } from '../../../lib/contract/defined-only.js';
import { EVENT_SOURCE, RUN_REFUSED, runRefusedSchema, seedkitNames } from '../../../lib/contract/index.js';
import type {
  BuildIsolation,
  DeployedStack,
  EventEntry,
  LocalAws,
  QuotasOption,
} from '../../../lib/local/index.js';
import type { AwsOptions } from '../../aws-options.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import { synthesizeApp } from '../../deploy/app-assembly.js';
import { assemblyCacheFolder, synthesizeAssembly, type SeedkitContextText } from '../../deploy/assembly.js';
import { deployedContext, findStack, refuseForeign, wasCreated } from '../../deploy/stack-state.js';
import { UsageError } from '../exit-code.js';
import { printProblem } from '../print-problem.js';
import { untilInterrupted } from '../signals.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { dataFolderOf, exportsOf, type LocalFlags } from './local-flags.js';
import { consoleVariable, type PlaceConsole, servePlaceConsole } from './place-console.js';

/** Flags of `local up`. */
export interface UpFlags extends LocalFlags {
  readonly detach?: boolean | undefined;
  readonly ephemeral?: boolean | undefined;
  /** Whether to serve the console. */
  readonly console: boolean;
  readonly consolePort?: number | undefined;
  readonly app?: string | undefined;
  readonly port?: number | undefined;
  readonly region?: string | undefined;
  readonly concurrency: number;
  readonly buildIsolation: BuildIsolation['kind'];
  readonly quotas: QuotasOption;
}

/** Starts a local AWS with a seedkit, and stops it when the command is interrupted. */
export async function up(seedkit: string, options: UpFlags, terminal: Terminal): Promise<void> {
  if (options.ephemeral !== true) return upUntil(terminal.interrupted, seedkit, options, terminal);
  const starterEnded = new AbortController();
  const stopWatching = terminal.watchStarter(() => starterEnded.abort());
  const data = await mkdtemp(path.join(tmpdir(), 'codeseeder-local-'));
  try {
    const interrupted = AbortSignal.any([terminal.interrupted, starterEnded.signal]);
    await upUntil(interrupted, seedkit, { ...options, data }, { ...terminal, interrupted });
  } finally {
    stopWatching();
    await rm(data, { recursive: true, force: true });
  }
}

async function upUntil(
  interrupted: AbortSignal,
  seedkit: string,
  options: UpFlags,
  terminal: Terminal,
): Promise<void> {
  const { startLocalAws } = await import('../../../lib/local/start-local-aws.js');
  const dataFolder = dataFolderOf(seedkit, options, terminal);
  const localAws = await startLocalAws({
    dataFolder,
    buildConcurrency: options.concurrency,
    buildIsolation: options.buildIsolation,
    quotas: options.quotas,
    ...definedOnly({ port: options.port, region: options.region }),
    onProblem: (problem, cause) => printLine(terminal.stderr, `! ${withCause(problem, cause)}`),
    onEvent: (event) => printRefusal(event, terminal),
  });
  let served: PlaceConsole | undefined;
  try {
    const stacks = await deployTo(localAws, seedkit, options, terminal);
    const stack = seedkitStack(seedkit, stacks, options);
    if (options.console) served = await servePlaceConsole(seedkit, localAws, options, terminal);
    const environment = {
      ...localAws.environment(),
      CODESEEDER_SEEDKIT: seedkit,
      ...consoleVariable(served?.url),
    };
    const { endpoint, account, region, buildIsolation } = localAws;
    const { stackName, outputs } = stack;
    const described = { seedkit, endpoint, account, region, buildIsolation, dataFolder };
    const result = { ...described, stackName, environment, outputs, stacks };
    printResult<'local up'>(terminal, options.json === true, result, () =>
      exportsOf(environment, terminal.environment),
    );
    if (buildIsolation.kind === 'none') {
      printProblem(terminal, `Builds share this machine's /tmp and processes. ${buildIsolation.reason}`);
    }
    if (served !== undefined) {
      const data = options.data === undefined ? '' : ` --data ${options.data}`;
      const how = `To open it: codeseeder local console ${seedkit}${data}`;
      printProblem(terminal, `The console is served at ${served.url}. ${how}`);
    }
    printProblem(terminal, `The local AWS is up at ${endpoint}. Press Ctrl-C to stop it.`);
    await untilInterrupted(interrupted);
    printLine(terminal.stderr, 'Stopping the local AWS ...');
  } finally {
    await served?.close();
    await localAws.close();
  }
}

/** Adds the cause of a problem with the data folder. The cause names a file, and says what to do about it. */
function withCause(problem: string, cause: unknown): string {
  const isAboutData = cause instanceof Error && cause.name.startsWith('DataFolder');
  return isAboutData ? `${problem} ${cause.message}` : problem;
}

/**
 * Prints a request of an event, a schedule or the inbox that did not become a run, because its sender gets no answer.
 */
function printRefusal({ source, detailType, detail }: EventEntry, terminal: Terminal): void {
  if (source !== EVENT_SOURCE || detailType !== RUN_REFUSED) return;
  const { requestId, code, message } = runRefusedSchema.parse(JSON.parse(detail));
  printLine(terminal.stderr, `! The run request ${requestId} was refused. ${code}: ${message}`);
}

/** Synthesizes the seedkit or the user's app, and deploys it. */
async function deployTo(
  localAws: LocalAws,
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
  const names = stacks.map(({ stackName }) => stackName).join(', ');
  throw new UsageError(
    `The app ${app} has no stack ${wanted}. Its stacks are: ${names}. Give the name of the app's seedkit, or add one: new SeedkitStack(app, 'Seedkit', { seedkitName: '${seedkit}' }).`,
  );
}

/** What requests may name in a seedkit that `local up` deploys. Shells in builds give no rights that its user lacks. */
const LOCAL_ALLOW = JSON.stringify({ debugSessions: true });

/** Returns the context to synthesize. The settings of an earlier deployment are kept. */
async function contextOf(
  seedkit: string,
  { endpoint, region, credentials }: Required<Pick<AwsOptions, 'endpoint' | 'region' | 'credentials'>>,
): Promise<SeedkitContextText> {
  const client = await createAwsClients({ endpoint, region, credentials }).cloudFormation();
  const stack = await findStack(client, seedkitNames.stack(seedkit));
  if (stack !== undefined) refuseForeign(stack);
  const kept = stack !== undefined && wasCreated(stack.status) ? deployedContext(stack) : {};
  return { allow: LOCAL_ALLOW, ...kept, name: seedkit };
}
