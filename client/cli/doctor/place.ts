import type { Command } from 'commander';

import type { AwsOptions } from '../../aws-options.js';
import { namedConfig } from '../../config/find-config.js';
import type { SelectedConfig } from '../../config/load-config.js';
import { LOCAL_AWS } from '../../connection/report-unreachable.js';
import { definedOnly, seedkitNameSchema } from '../../../lib/contract/index.js';
import { awsOfConfig, isInLocalAws } from '../config/apply-config.js';
import { useLocalAws } from '../config/use-local-aws.js';
import { UsageError } from '../exit-code.js';
import type { SeedkitOption } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import { unlessAborted } from '../signals.js';
import type { Check } from '../output-types.js';
import { describeProblem, subject, within } from './check.js';

const TIMEOUT_MS = 5_000;

/** The seedkit and the AWS options of a command, and where each comes from. */
export interface Place {
  readonly checks: readonly Check[];
  readonly seedkit: string | undefined;
  readonly aws: AwsOptions;
  readonly region: string | undefined;
  readonly config: SelectedConfig | undefined;
}

/** Finds what a command with these flags would use. A mistake in the config is a problem that is reported. */
export async function findPlace(command: Command, terminal: Terminal): Promise<Place> {
  const flags = command.opts<SeedkitOption>();
  const { config, check } = await readConfig(flags, terminal);
  const source = command.getOptionValueSource('seedkit');
  const seedkit = flags.seedkit || config?.seedkit;
  const ofConfig = config === undefined ? {} : awsOfConfig(config, terminal.environment);
  const aws = definedOnly({ ...ofConfig, ...definedOnly({ region: flags.region, profile: flags.profile }) });
  const region = await regionOf(aws);
  const from = sourceOfSeedkit(source, flags.seedkit, config);
  return {
    checks: [
      check,
      seedkitName(seedkit, from, config),
      regionCheck(region, sourceOfRegion(flags, aws, terminal), config),
    ],
    ...{ seedkit, aws, region, config },
  };
}

/** Marks a path with spaces, so that lines are not broken in it. */
function inOnePiece(file: string): string {
  return file.includes(' ') ? `\`${file}\`` : file;
}

function configIn(config: SelectedConfig | undefined): string {
  return config === undefined ? namedConfig(undefined) : inOnePiece(config.file);
}

async function readConfig(
  { environment, seedkit }: SeedkitOption,
  terminal: Terminal,
): Promise<{ config: SelectedConfig | undefined; check: Check }> {
  const config = subject('config', 'Config');
  const { loadConfig } = await import('../../config/load-config.js');
  try {
    const loading = loadConfig(terminal.workingFolder, environment || undefined);
    const found = await unlessAborted(loading, terminal.interrupted);
    if (found === undefined) return { config: found, check: config.ok('none; it is optional') };
    if (isInLocalAws(found, terminal.environment)) await useLocalAws(found, seedkit, terminal);
    const chosen = found.environment === undefined ? '' : `, environment ${found.environment}`;
    return { config: found, check: config.ok(`${inOnePiece(found.file)}${chosen}`) };
  } catch (error) {
    if (terminal.interrupted.aborted) throw error;
    const remedy = error instanceof UsageError ? 'Or choose another environment.' : 'Correct the config.';
    return { config: undefined, check: config.problem(describeProblem(error), remedy) };
  }
}

function sourceOfSeedkit(
  source: string | undefined,
  value: string | undefined,
  config: SelectedConfig | undefined,
): string {
  if (!value) return `from ${config?.file ?? ''}`;
  return source === 'env' ? 'from CODESEEDER_SEEDKIT' : 'from --seedkit';
}

function seedkitName(seedkit: string | undefined, source: string, config: SelectedConfig | undefined): Check {
  const name = subject('seedkit-name', 'Name of the seedkit');
  if (seedkit !== undefined) {
    if (isSeedkitName(seedkit)) return name.ok(`${seedkit}, ${source}`);
    const rule = '1 to 27 lower-case letters, digits and single hyphens, starting with a letter';
    return name.problem(`${JSON.stringify(seedkit)}, ${source}, is not a name`, `Give a name of ${rule}.`);
  }
  return name.warning(
    'none is named, so nothing of a seedkit is checked',
    `Give --seedkit NAME, set CODESEEDER_SEEDKIT, or name it in ${configIn(config)}.`,
  );
}

/** Returns whether a seedkit can have this name. */
export function isSeedkitName(name: string): boolean {
  return seedkitNameSchema.safeParse(name).success;
}

/** Returns the region that SDK clients use; undefined if none is set. */
async function regionOf(aws: AwsOptions): Promise<string | undefined> {
  const { createAwsClients } = await import('../../connection/aws-clients.js');
  try {
    const client = await createAwsClients(aws).cloudFormation();
    return await within(TIMEOUT_MS, () => client.config.region());
  } catch {
    return undefined;
  }
}

function sourceOfRegion(flags: SeedkitOption, { region }: AwsOptions, terminal: Terminal): string {
  if (flags.region !== undefined) return 'from --region';
  if (region !== undefined) return 'from the config';
  if (terminal.environment['AWS_REGION']) return 'from AWS_REGION';
  return 'from the AWS profile';
}

function regionCheck(region: string | undefined, source: string, config: SelectedConfig | undefined): Check {
  const checked = subject('region', 'Region');
  if (region !== undefined) return checked.ok(`${region}, ${source}`);
  return checked.problem(
    'none is set',
    `Set AWS_REGION, give --region, or set region in ${configIn(config)} or in the AWS profile. ${LOCAL_AWS}`,
  );
}
