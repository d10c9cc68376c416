import { seedkitNames } from '../../../lib/contract/index.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import { connect } from '../../connection/connection.js';
import { findStack, type StackState, wasCreated } from '../../deploy/stack-state.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { compareSeedkit } from '../upgrade/compare-seedkit.js';
import { deployCommand } from '../upgrade/run-upgrade.js';
import type { Check, ComparedSeedkit } from '../output-types.js';
import { describeProblem, isDenied, subject, within } from './check.js';
import { clientChecks, localRights } from './client-checks.js';
import { deployerCheck } from './deployer-checks.js';
import type { Place } from './place.js';

const TIMEOUT_MS = 6_000;

/**
 * Checks the seedkit, its version, and the rights to it.
 * @param caller ARN of the identity; undefined in a local AWS, which checks no policies
 */
export async function seedkitChecks(
  name: string,
  { aws, region }: Place,
  flags: SeedkitOption,
  caller: string | undefined,
): Promise<Check[]> {
  const seedkit = subject('seedkit', 'Seedkit');
  const stackName = seedkitNames.stack(name);
  const client = await createAwsClients(aws).cloudFormation();
  let stack: StackState | undefined;
  try {
    stack = await within(TIMEOUT_MS, (signal) => findStack(client, stackName, signal));
  } catch (error) {
    if (!isDenied(error)) return [seedkit.unknown(describeProblem(error))];
    const remedy =
      'Attach the managed policy of the output ClientPolicyArn of the stack to your role or user.';
    return [
      seedkit.problem(`you may not look up the stack ${stackName} (cloudformation:DescribeStacks)`, remedy),
    ];
  }
  if (stack === undefined) {
    const remedy =
      caller === undefined
        ? `Start a local AWS with it: codeseeder local up ${name}. Or deploy it to this one: ${deployCommand(name, flags)}`
        : `Deploy it, or correct name, region or account: ${deployCommand(name, flags)}`;
    return [seedkit.problem(`${name} is not deployed in region ${region} of this account`, remedy)];
  }
  const state = stateCheck(name, stack, flags);
  if (state.status === 'problem') return [state];
  const version = versionCheck(compareSeedkit(stack), name, flags);
  if (caller === undefined) return [state, version, ...localRights()];
  const inspected = { name, stack, aws, caller, flags };
  const [ofClient, deployer] = await Promise.all([
    clientChecks(connect(name, aws), inspected),
    deployerCheck(inspected),
  ]);
  return [state, version, ...ofClient, deployer];
}

function stateCheck(
  name: string,
  { stackName, status, reason, outputs }: StackState,
  flags: SeedkitOption,
): Check {
  const seedkit = subject('seedkit', 'Seedkit');
  if (outputs['StateMachineArn'] === undefined && wasCreated(status)) {
    return seedkit.problem(
      `the stack ${stackName} has no control plane, like those of the Python aws-codeseeder`,
      'Deploy a seedkit under another name.',
    );
  }
  const detail = `the stack ${stackName} is in state ${status}${reason === undefined ? '' : ` (${reason})`}`;
  if (!wasCreated(status)) return seedkit.problem(detail, `Deploy it again: ${deployCommand(name, flags)}`);
  if (/FAILED|ROLLBACK/.test(status)) {
    return seedkit.warning(
      `${detail}: its last update failed`,
      `Deploy it again: ${deployCommand(name, flags)}`,
    );
  }
  return seedkit.ok(`${name}, ${status}`);
}

function versionCheck(compared: ComparedSeedkit, name: string, flags: SeedkitOption): Check {
  const version = subject('version', 'Version of the seedkit');
  const { comparison, clientVersion, deployedVersion = 'an earlier version', missing, isOfOwnApp } = compared;
  if (comparison === 'same') return version.ok(`${deployedVersion}, as this client`);
  const both = `${deployedVersion}, and this client is ${clientVersion}`;
  if (comparison === 'newer') {
    return version.warning(both, `Update this client: npm install codeseeder@${deployedVersion}`);
  }
  const lacks = missing.length === 0 ? '' : `. It has no resources for ${missing.join(', ')}`;
  const remedy = isOfOwnApp ? 'Deploy your CDK app with this version' : deployCommand(name, flags);
  return version.warning(`${both}${lacks}`, `${remedy}. \`codeseeder upgrade\` shows what changes.`);
}
