import { rm } from 'node:fs/promises';

import { type Command, Option } from 'commander';

import type { BuildIsolation, QuotasOption } from '../../../lib/local/index.js';
import { UsageError } from '../exit-code.js';
import { portParser } from '../parse-port.js';
import { fittedLines, printProblem } from '../print-problem.js';
import { printResult, type Terminal } from '../terminal.js';
import { dataFolderOf, findLocalAws, type LocalFlags, withLocalFlags } from './local-flags.js';
import { describePlaces, hasLocalAws, localPlaces, localSeedkit } from './local-places.js';
import { addRepairCommand } from './repair-command.js';
import type { UpFlags } from './up.js';
import { addValueCommands } from './value-commands.js';

/** Time that `local down` waits for the local AWS to end its runs and its processes. */
const DOWN_TIMEOUT_MS = 30_000;

/** Adds `codeseeder local up`, `status`, `env`, `console`, `down`, `repair`, `secret` and `parameter`. */
export function addLocalCommand(program: Command, terminal: Terminal): void {
  const local = program
    .command('local')
    .description('a local AWS on 127.0.0.1 with a seedkit deployed to it');
  addUpCommand(local, terminal);
  withLocalFlags(local.command('status'), 'show whether the local AWS is up, and its endpoint').action(
    async (seedkit: string | undefined, options: LocalFlags) =>
      status(await localSeedkit(seedkit, terminal), options, terminal),
  );
  withLocalFlags(
    local.command('env'),
    'print the variables that local up printed, for another terminal: eval "$(codeseeder local env <name>)"',
  ).action(async (seedkit: string | undefined, options: LocalFlags) => {
    const { printEnvironment } = await import('./print-environment.js');
    await printEnvironment(await localSeedkit(seedkit, terminal), options, terminal);
  });
  withLocalFlags(
    local.command('console'),
    'print an address that opens the console of the local AWS in one browser, within a minute',
  ).action(async (seedkit: string | undefined, options: LocalFlags) => {
    const { printConsoleAddress } = await import('./place-console.js');
    await printConsoleAddress(await localSeedkit(seedkit, terminal), options, terminal);
  });
  withLocalFlags(local.command('down'), 'stop the local AWS and its runs; its data stays')
    .option('--delete-data', 'delete its data, too: seedkits, runs, objects, packages and secrets')
    .action(async (seedkit: string | undefined, options: DownFlags) =>
      down(await localSeedkit(seedkit, terminal), options, terminal),
    );
  addRepairCommand(local, terminal);
  addValueCommands(local, terminal);
}

/** Adds `codeseeder local up`. */
function addUpCommand(local: Command, terminal: Terminal): void {
  withLocalFlags(local.command('up'), 'start the local AWS, in the foreground unless --detach is given')
    .option('-d, --detach', 'return when it is up, and leave it running until `local down`')
    .option(
      '--ephemeral',
      'for tests: keep its data in a temporary folder that is removed at the end, and stop when the process that started it has ended',
    )
    .option(
      '--app <command>',
      "deploy all stacks of the CDK app that this command runs, such as 'npx tsx my-app.ts'; one of them is the seedkit",
    )
    .option(
      '--port <port>',
      'port to listen on (default: that of its last start, or a free port)',
      portParser('--port'),
    )
    .option(
      '--console-port <port>',
      'port of its console (default: that of its last start, or a free port)',
      portParser('--console-port'),
    )
    .option('--no-console', 'serve no console')
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
        'request rates above which calls are throttled: none, or those of an AWS account',
      )
        .choices(['none', 'aws', 'aws-new-account'] satisfies readonly QuotasOption[])
        .default('none'),
    )
    .action(async (seedkit: string | undefined, options: UpFlags, own: Command) => {
      refuseContradictions(options);
      const name = await localSeedkit(seedkit, terminal);
      if (options.detach === true) {
        const { upDetached } = await import('./up-detached.js');
        return upDetached(name, options, wordsOf(own), terminal);
      }
      const { up } = await import('./up.js');
      return up(name, options, terminal);
    });
}

function refuseContradictions({ detach, ephemeral, data }: UpFlags): void {
  if (ephemeral !== true) return;
  if (detach === true)
    throw new UsageError(
      '--ephemeral ends with the process that starts it, so it cannot be combined with --detach.',
    );
  if (data !== undefined)
    throw new UsageError(
      `--ephemeral uses a temporary folder. Leave out --ephemeral to keep the data in ${data}.`,
    );
}

/** Returns the flags that the user gave, as words of a command line, without --detach and --json. */
function wordsOf(command: Command): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (command.getOptionValueSource(name) !== 'cli' || name === 'detach' || name === 'json') return [];
    if (option.negate) return value === false ? [option.long ?? ''] : [];
    if (typeof value === 'boolean') return value ? [option.long ?? ''] : [];
    return [option.long ?? '', String(value)];
  });
}

async function status(seedkit: string, options: LocalFlags, terminal: Terminal): Promise<void> {
  const localAws = await findLocalAws(seedkit, options, terminal);
  if (localAws === undefined) {
    printResult<'local status'>(terminal, options.json === true, { seedkit, up: false }, () => [
      `${seedkit} is not up`,
    ]);
    const missing = await withoutData(seedkit, options, terminal);
    if (missing !== undefined && options.json !== true) printProblem(terminal, missing);
    return;
  }
  const { endpoint, pid, region, account } = localAws;
  printResult<'local status'>(
    terminal,
    options.json === true,
    { seedkit, up: true, endpoint, pid, region, account },
    () =>
      fittedLines(
        terminal.stdout,
        terminal.program,
        `${seedkit} is up at ${endpoint} (process ${pid}, region ${region}, account ${account})`,
      ),
  );
}

interface DownFlags extends LocalFlags {
  readonly deleteData?: boolean | undefined;
}

/** Stops a local AWS, and says where its data stays, or deletes it. */
async function down(seedkit: string, options: DownFlags, terminal: Terminal): Promise<void> {
  const localAws = await findLocalAws(seedkit, options, terminal);
  if (localAws === undefined) {
    const missing = await withoutData(seedkit, options, terminal);
    if (missing !== undefined) throw new UsageError(missing);
  } else {
    process.kill(localAws.pid, 'SIGTERM');
    await untilStopped(seedkit, options, terminal, localAws.pid);
  }
  const wasUp = localAws !== undefined;
  const folder = dataFolderOf(seedkit, options, terminal);
  const isDeleted = options.deleteData === true;
  const kept = isDeleted ? await deleteData(folder, wasUp) : [];
  const result = { seedkit, wasUp, up: false, deletedData: isDeleted ? folder : undefined } as const;
  printResult<'local down'>(terminal, options.json === true, result, () => [
    wasUp ? `${seedkit} is down` : `${seedkit} was not up`,
  ]);
  // The folder of --ephemeral is removed.
  if (options.json === true || (!isDeleted && !(await hasLocalAws(folder)))) return;
  const data = options.data === undefined ? '' : ` --data ${options.data}`;
  printProblem(
    terminal,
    isDeleted
      ? `Its data is deleted: ${folder}${kept.length === 0 ? '' : `. Kept, because they are no data of a local AWS: ${kept.join(', ')}`}`
      : `Its data stays in ${folder}. To delete it: codeseeder local down ${seedkit}${data} --delete-data`,
  );
}

/**
 * Deletes the data folder of a local AWS that is down, and the log of its messages beside it.
 * @param wasUp whether the local AWS was just stopped, and so may still use the folder
 * @returns names of other files in the folder, which are kept
 */
async function deleteData(folder: string, wasUp: boolean): Promise<readonly string[]> {
  const { deleteDataFolder } = await import('../../../lib/local/delete-data-folder.js');
  const deadlineMs = Date.now() + DOWN_TIMEOUT_MS;
  // The folder of --ephemeral is removed by the local AWS.
  while (await hasLocalAws(folder)) {
    try {
      const kept = await deleteDataFolder(folder);
      await rm(`${folder}.log`, { force: true });
      return kept;
    } catch (error) {
      const isInUse = error instanceof Error && error.name === 'PlaceInUse';
      if (!isInUse || !wasUp || Date.now() > deadlineMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [];
}

/** Says that there is no data of such a local AWS, and which there are; returns undefined if there is data. */
async function withoutData(
  seedkit: string,
  options: LocalFlags,
  terminal: Terminal,
): Promise<string | undefined> {
  const folder = dataFolderOf(seedkit, options, terminal);
  if (await hasLocalAws(folder)) return undefined;
  return options.data === undefined
    ? `There is no local AWS of ${seedkit}. ${describePlaces(await localPlaces(terminal.environment))}`
    : `The folder ${folder} has no data of a local AWS. Check --data.`;
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
        `The local AWS of ${seedkit} (process ${pid}) did not stop within ${DOWN_TIMEOUT_MS / 1_000} s. Stop it with \`kill -9 ${pid}\`.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`--concurrency takes a whole number of at least 1, not ${JSON.stringify(text)}.`);
  }
  return count;
}
