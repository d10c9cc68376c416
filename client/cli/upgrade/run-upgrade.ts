import { definedOnly } from '../../../lib/contract/defined-only.js';
import { CodeseederError, seedkitNames } from '../../../lib/contract/index.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import { missingSeedkit } from '../../connection/missing-seedkit.js';
import { findStack, isInProgress, refuseForeign, type StackState } from '../../deploy/stack-state.js';
import { EXIT_CODES } from '../exit-code.js';
import { asCalled } from '../../how-called.js';
import { seedkitNameOf, sessionOf } from '../open-seedkit.js';
import type { ComparedSeedkit, TemplateChanges, Upgrade } from '../output-types.js';
import { oneLine } from '../printable.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { fittedLines } from '../print-problem.js';
import { printResult, type Terminal } from '../terminal.js';
import { compareSeedkit } from './compare-seedkit.js';
import { isUnchanged, templateChanges } from './template-changes.js';

/** Flags of `codeseeder upgrade`. */
export interface UpgradeFlags extends SeedkitOption {
  readonly json?: boolean | undefined;
}

/**
 * Prints whether the deployed seedkit has what this client needs, and the command that brings it up to date.
 *
 * @returns 0 if nothing that this command could check has to be done, 1 if something has
 * @throws CodeseederError `SeedkitNotFound`, `StackBusy`, `StackNotOurs`
 */
export async function runUpgrade(flags: UpgradeFlags, terminal: Terminal): Promise<number> {
  const seedkit = seedkitNameOf(flags);
  const session = sessionOf(flags);
  const clients = createAwsClients(typeof session === 'function' ? await session() : session);
  const client = await clients.cloudFormation();
  const stackName = seedkitNames.stack(seedkit);
  const stack = await findStack(client, stackName, terminal.interrupted);
  if (stack === undefined)
    throw missingSeedkit(seedkit, await client.config.region(), { deploy: deployCommand(seedkit, flags) });
  refuseForeign(stack);
  if (isInProgress(stack.status)) throw busy(stack);
  const compared = compareSeedkit(stack);
  const changes = compared.isOfOwnApp
    ? { notCompared: 'a CDK app of your own deploys it' }
    : await comparedTemplates(() => templateChanges(seedkit, stack, clients, terminal), terminal);
  const upgrade = asUsersCall(upgradeOf(seedkit, compared, changes, flags), terminal);
  printResult<'upgrade'>(terminal, flags.json === true, upgrade, () =>
    describeUpgrade(upgrade).flatMap((line) => fittedLines(terminal.stdout, terminal.program, line)),
  );
  return upgrade.action === 'none' ? EXIT_CODES.passed : EXIT_CODES.runFailed;
}

/** Returns an upgrade in which commands start as users start them. */
function asUsersCall(upgrade: Upgrade, terminal: Terminal): Upgrade {
  const { command, notCompared } = upgrade;
  return {
    ...upgrade,
    ...definedOnly({
      command: command && asCalled(command, terminal),
      notCompared: notCompared && asCalled(notCompared, terminal),
    }),
  };
}

type Compared = Pick<Upgrade, 'changes' | 'notCompared'>;

/** Compares the templates, or returns why not: the packages of the CDK or a right may be missing. */
async function comparedTemplates(
  compare: () => Promise<TemplateChanges>,
  terminal: Terminal,
): Promise<Compared> {
  try {
    return { changes: await compare() };
  } catch (error) {
    if (terminal.interrupted.aborted) throw error;
    return { notCompared: error instanceof Error ? error.message : String(error) };
  }
}

/** Decides what to do. */
export function upgradeOf(
  seedkit: string,
  compared: ComparedSeedkit,
  { changes, notCompared }: Compared,
  flags: SeedkitOption,
): Upgrade {
  const isDifferent = changes !== undefined && !isUnchanged(changes);
  const found = { seedkit, ...compared, changes, notCompared };
  if (compared.comparison === 'newer') {
    return {
      ...found,
      action: 'updateClient',
      command: `npm install codeseeder@${compared.deployedVersion}`,
    };
  }
  if (compared.comparison === 'same' && !isDifferent) return { ...found, action: 'none' };
  return compared.isOfOwnApp
    ? { ...found, action: 'deployApp', command: 'npx cdk deploy' }
    : { ...found, action: 'deploySeedkit', command: deployCommand(seedkit, flags) };
}

/** Returns the command that deploys the seedkit, with the account and region of this command. */
export function deployCommand(seedkit: string, flags: SeedkitOption): string {
  return commandWith(flags, 'deploy seedkit', seedkit);
}

/** Returns a command with the account and region of this command, whose flags it repeats. */
export function commandWith({ region, profile, environment }: SeedkitOption, ...words: string[]): string {
  const repeated = Object.entries({ environment, profile, region }).flatMap(([name, value]) =>
    value ? [`--${name} ${value}`] : [],
  );
  return ['codeseeder', ...words, ...repeated].join(' ');
}

function describeUpgrade(upgrade: Upgrade): string[] {
  const { seedkit, clientVersion, deployedVersion, missing, changes, notCompared } = upgrade;
  const by =
    deployedVersion === undefined
      ? 'an earlier version of codeseeder, which left no version'
      : `codeseeder ${oneLine(deployedVersion)}`;
  return [
    `The seedkit ${seedkit} was deployed by ${by}. This is codeseeder ${clientVersion}.`,
    ...(missing.length === 0 ? [] : [`It has no resources for: ${missing.join(', ')}.`]),
    ...describeChanges(changes),
    ...(notCompared === undefined ? [] : [`The resources were not compared: ${oneLine(notCompared)}`]),
    ...describeAction(upgrade),
  ];
}

function describeChanges(changes: TemplateChanges | undefined): string[] {
  if (changes === undefined || isUnchanged(changes)) return [];
  const { added, changed, removed, others } = changes;
  const lines = (sign: string, resources: TemplateChanges['added']) =>
    resources.map(({ name, type }) => `  ${sign} ${oneLine(type)} ${oneLine(name)}`);
  const total = added.length + changed.length + removed.length;
  if (total === 0) return others ? ['A deployment would change outputs or parameters, and no resource.'] : [];
  return [
    `A deployment would add ${added.length}, change ${changed.length} and delete ${removed.length} resources:`,
    ...lines('+', added),
    ...lines('~', changed),
    ...lines('-', removed),
  ];
}

function describeAction({ action, command = '', notCompared, isOfOwnApp }: Upgrade): string[] {
  switch (action) {
    case 'none':
      if (notCompared === undefined) return ['There is nothing to do.'];
      return [
        `Its version and outputs need no deployment. ${isOfOwnApp ? 'Compare the resources: npx cdk diff' : 'To compare the resources, repeat this command when the problem is solved.'}`,
      ];
    case 'deploySeedkit':
      return ['Deploy it. Runs that are in progress go on:', `  ${command}`];
    case 'deployApp':
      return ['Install this version of codeseeder in your CDK app, and deploy the app:', `  ${command}`];
    case 'updateClient':
      return ['A later version deployed it. Update this client:', `  ${command}`];
  }
}

function busy({ stackName, status }: StackState): CodeseederError {
  return new CodeseederError(
    'StackBusy',
    `The stack ${stackName} is in state ${status}. Wait until the deployment has ended, then try again.`,
  );
}
