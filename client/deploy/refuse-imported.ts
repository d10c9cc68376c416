import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CodeseederError } from '../../lib/contract/index.js';
import type { StackState } from './stack-state.js';

/**
 * Refuses to delete a stack while other stacks import its outputs. CloudFormation refuses it, too, but only after the
 * bucket was emptied. A caller without the right to list imports leaves it to CloudFormation.
 *
 * @throws CodeseederError `StackImported`, with the names of the other stacks
 */
export async function refuseImported(
  client: CloudFormationClient,
  { stackName, exportNames }: StackState,
  signal?: AbortSignal,
): Promise<void> {
  const importers = new Set<string>();
  try {
    for (const exportName of exportNames) {
      for (const importer of await importersOf(client, exportName, signal)) importers.add(importer);
    }
  } catch (error) {
    if (!isDenied(error)) throw error;
  }
  if (importers.size === 0) return;
  const names = [...importers].toSorted();
  throw new CodeseederError(
    'StackImported',
    `The stack ${stackName} cannot be deleted, because other stacks import its outputs: ${names.join(', ')}. Nothing was deleted. Destroy these stacks first, or deploy them without what they take from the seedkit.`,
  );
}

async function importersOf(
  client: CloudFormationClient,
  exportName: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { paginateListImports } = await import('@aws-sdk/client-cloudformation');
  const importers: string[] = [];
  try {
    for await (const { Imports = [] } of paginateListImports(
      { client, ...definedOnly({ abortSignal: signal }) },
      { ExportName: exportName },
    )) {
      importers.push(...Imports);
    }
  } catch (error) {
    // CloudFormation answers so for an export that no stack imports.
    if (!(error instanceof Error && error.message.includes('is not imported by any stack'))) throw error;
  }
  return importers;
}

/** CloudFormation's code is `AccessDenied`. Other services add `Exception`. */
function isDenied(error: unknown): boolean {
  return error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name);
}
