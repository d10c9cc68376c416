import type { Command } from 'commander';

import { connect } from '../../connection/connection.js';
import { isLocalEndpoint } from '../../connection/local-endpoint.js';
import { definedOnly } from '../../../lib/contract/defined-only.js';
import { namingSeedkit } from '../describe-error.js';
import { EXIT_CODES } from '../exit-code.js';
import type { Check, DoctorReport } from '../output-types.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import { printJson, type Terminal } from '../terminal.js';
import { readAccount } from './account.js';
import { describeProblem, subject } from './check.js';
import { bootstrapCheck, packagesCheck } from './deployer-checks.js';
import { localCheck } from './local-checks.js';
import { findPlace, isSeedkitName, type Place } from './place.js';
import { asUsersCall, printReport } from './print-report.js';
import { type CheckedBuilds, quotaChecks } from './quota-check.js';
import { seedkitChecks } from './seedkit-checks.js';
import { toolChecks } from './tool-checks.js';

/** Flags of `codeseeder doctor`. */
export interface DoctorFlags extends SeedkitOption {
  readonly json?: boolean | undefined;
}

/** Checks what commands need, and prints the results. @returns 0 if there is no problem, else 1 */
export async function runDoctor(flags: DoctorFlags, command: Command, terminal: Terminal): Promise<number> {
  const found = await unlessAborted(allChecks(flags, command, terminal), terminal.interrupted);
  const checks = found.map((check) => asUsersCall(check, terminal));
  const healthy = checks.every(({ status }) => status !== 'problem');
  const report: DoctorReport = { healthy, checks };
  if (flags.json === true) printJson<'doctor'>(terminal, report);
  else printReport(checks, terminal);
  return healthy ? EXIT_CODES.passed : EXIT_CODES.runFailed;
}

async function allChecks(flags: DoctorFlags, command: Command, terminal: Terminal): Promise<Check[]> {
  // The config may choose a local AWS, which sets the variable that names its endpoint.
  const place = await findPlace(command, terminal);
  const { seedkit } = place;
  const named = seedkit !== undefined && isSeedkitName(seedkit) ? seedkit : undefined;
  return (await checksAt(place, flags, terminal)).map((check) => ({
    ...check,
    ...definedOnly({ remedy: check.remedy && namingSeedkit(check.remedy, named) }),
  }));
}

async function checksAt(place: Place, flags: DoctorFlags, terminal: Terminal): Promise<Check[]> {
  const [tools, local] = await Promise.all([toolChecks(), localCheck(terminal.environment)]);
  const account = await readAccount(place.aws, place.region);
  // A local AWS that does not answer is one problem.
  const ofAccount = account.checks.filter(({ id }) => local.status !== 'problem' || id !== 'connection');
  const known = [...tools, packagesCheck(), local, ...place.checks, ...ofAccount];
  if (account.obstacle === undefined && local.status !== 'problem') {
    return [...known, ...(await checksInAws(flags, place, account.caller ?? '', terminal))];
  }
  const skipped = subject('aws', 'Bootstrap, seedkit, rights, quotas');
  return [...known, skipped.unknown(`not checked: ${account.obstacle ?? 'the local AWS does not answer'}`)];
}

/** Checks what only AWS knows. Each check has a time limit of its own, and all run at the same time. */
async function checksInAws(
  flags: DoctorFlags,
  place: Place,
  caller: string,
  terminal: Terminal,
): Promise<Check[]> {
  const { seedkit, aws, config } = place;
  const isLocal = isLocalEndpoint(terminal.environment['AWS_ENDPOINT_URL']);
  const [bootstrap, quotas, ofSeedkit] = await Promise.all([
    // A local AWS has no quotas of builds, and deploys without a bootstrap stack.
    isLocal ? [] : bootstrapCheck(aws).then((check) => [check]),
    isLocal ? [] : quotaChecks(connect(seedkit ?? 'any', aws), buildsOf(config)),
    seedkit === undefined || !isSeedkitName(seedkit)
      ? []
      : checksOfSeedkit(seedkit, place, flags, isLocal ? undefined : caller),
  ]);
  return [...bootstrap, ...ofSeedkit, ...quotas];
}

/** Returns the builds that runs with the config have. */
function buildsOf(config: Place['config']): CheckedBuilds {
  const { computeType = 'BUILD_GENERAL1_SMALL', environmentType = 'LINUX_CONTAINER' } =
    config?.options?.build ?? {};
  return { computeType, environmentType };
}

/** Checks the seedkit. An unexpected error, such as of a throttled request, leaves it unknown. */
async function checksOfSeedkit(
  seedkit: string,
  place: Place,
  flags: DoctorFlags,
  caller: string | undefined,
): Promise<Check[]> {
  try {
    return await seedkitChecks(seedkit, place, flags, caller);
  } catch (error) {
    return [subject('seedkit', 'Seedkit').unknown(describeProblem(error))];
  }
}
