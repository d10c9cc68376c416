import { definedOnly } from '../../../lib/contract/defined-only.js';
import { CodeseederError, seedkitNames } from '../../../lib/contract/index.js';
import { destroySeedkit } from '../../deployment.js';
import type { DestroyResult } from '../../deploy-types.js';
import { fittedLines, printProblem } from '../print-problem.js';
import { printResult, type Terminal } from '../terminal.js';
import { confirmDeletion, requireConfirmation } from './confirm-deletion.js';
import { showDeployment } from './deploy-display.js';
import { awsOf, detailOf, type StackFlags } from './deploy-flags.js';
import { describeRetained, describeUnchecked } from './describe-retained.js';
import { type DestructionPlan, planDestruction } from './plan-destruction.js';

/** Flags of `destroy seedkit`. */
export interface DestroyOptions extends StackFlags {
  readonly roleArn?: string | undefined;
  readonly deleteData?: boolean | undefined;
  readonly ifExists?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/**
 * Deletes a seedkit's stack and, if requested, the data that the stack retains.
 *
 * @throws UsageError if the user did not confirm it
 * @throws CodeseederError `SeedkitNotFound` if there is nothing to delete, unless `--if-exists` is given
 */
export async function runDestroy(name: string, options: DestroyOptions, terminal: Terminal): Promise<void> {
  const deleteData = options.deleteData === true;
  const aws = awsOf(options);
  const signal = terminal.interrupted;
  if (options.yes !== true) requireConfirmation(name, deleteData, terminal);
  const plan = await planDestruction(name, deleteData, { aws, signal });
  if (plan.deletes.length === 0) return nothingToDelete(name, plan, options, terminal);
  if (options.yes !== true) await confirmDeletion(name, plan, terminal);
  const result = await showDeployment(terminal, detailOf(options), (onProgress) =>
    destroySeedkit(name, { deleteData, aws, roleArn: options.roleArn, signal, onProgress }),
  );
  printResult<'destroy seedkit'>(terminal, options.json === true, { seedkit: name, ...result }, () =>
    fittedLines(terminal.stdout, terminal.program, describeResult(name, result, plan).join('\n')),
  );
}

function nothingToDelete(
  name: string,
  { place, keeps, uncheckedDomain }: DestructionPlan,
  { ifExists, json, deleteData }: DestroyOptions,
  terminal: Terminal,
): void {
  const kept =
    keeps.length === 0
      ? ''
      : ` An earlier one has left ${keeps.join(', and ')}. To delete that: codeseeder destroy seedkit ${name} --delete-data`;
  const unchecked = deleteData === true ? uncheckedDomain : undefined;
  const note = unchecked === undefined ? '' : `\n${describeUnchecked(unchecked)}`;
  const missing = `No seedkit ${JSON.stringify(name)} is deployed in ${place}.`;
  if (ifExists !== true) {
    const advice = 'Check name, region, account and AWS_ENDPOINT_URL; with --if-exists, this is no error.';
    throw new CodeseederError(
      'SeedkitNotFound',
      `${missing} Nothing was deleted. ${kept === '' ? advice : kept.trim()}${note}`,
    );
  }
  const result = {
    ...{ seedkit: name, stackName: seedkitNames.stack(name), existed: false, retained: [] },
    ...definedOnly({ uncheckedDomain: unchecked }),
  };
  printProblem(terminal, `${missing}${kept}${note}`);
  printResult<'destroy seedkit'>(terminal, json === true, result, () => []);
}

function describeResult(
  name: string,
  { existed, retained, deletedTable, deletedDomain, keyDeletion, uncheckedDomain }: DestroyResult,
  { isLocal }: DestructionPlan,
): string[] {
  const deleted = [
    ...(deletedTable === undefined ? [] : [`the table ${deletedTable}`]),
    ...(deletedDomain === undefined ? [] : [`the CodeArtifact domain ${deletedDomain}`]),
  ].join(' and ');
  return [
    existed
      ? `The seedkit ${name} is destroyed.`
      : `The data that the seedkit ${name} had left is deleted: ${deleted}.`,
    ...(keyDeletion === undefined
      ? []
      : [
          `The KMS key ${keyDeletion.keyArn} is deleted on ${keyDeletion.deletedAt.slice(0, 10)}. To keep it: aws kms cancel-key-deletion --key-id ${keyDeletion.keyArn}`,
        ]),
    ...(existed ? describeRetained(name, retained, isLocal) : []),
    ...(uncheckedDomain === undefined ? [] : [describeUnchecked(uncheckedDomain)]),
  ];
}
