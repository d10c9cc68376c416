import {
  providedOf,
  providerFor,
  recordOf,
  resourceRequest,
  updateResource,
  type AppliedStep,
  type StackOperation,
} from './apply-stack.js';
import type { StackResourceRecord } from './stack-record.js';
import { messageOf } from './template-problems.js';

/**
 * Deletes resources in reverse order of creation. If one cannot be deleted, continues with the others.
 *
 * @param keepsRetained whether resources with the deletion policy `Retain` are kept. The rollback of a creation deletes
 * them, and keeps those that existed before
 * @returns logical ids of the resources that could not be deleted
 */
export async function deleteResources(
  operation: StackOperation,
  resources: readonly StackResourceRecord[],
  keepsRetained: boolean,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const resource of [...resources].reverse()) {
    if (keepsRetained ? resource.retained : resource.isAdopted === true) {
      await operation.journal.resource(resource, 'DELETE_SKIPPED');
      await operation.journal.forget(resource.logicalId);
    } else if (!(await withdraw(operation, resource))) failed.push(resource.logicalId);
  }
  return failed;
}

async function withdraw(operation: StackOperation, resource: StackResourceRecord): Promise<boolean> {
  const { journal } = operation;
  const current = providedOf(resource);
  if (current === undefined) {
    await journal.forget(resource.logicalId);
    return true;
  }
  await journal.resource(resource, 'DELETE_IN_PROGRESS');
  try {
    await providerFor(operation, resource.type).delete(current, resourceRequest(operation, resource));
  } catch (error) {
    await journal.resource(resource, 'DELETE_FAILED', messageOf(error));
    return false;
  }
  await journal.resource(resource, 'DELETE_COMPLETE');
  await journal.forget(resource.logicalId);
  return true;
}

/**
 * Reverts the steps of an operation, in reverse order.
 * @returns logical ids of the resources that could not be rolled back
 */
export async function rollBack(
  operation: StackOperation,
  done: readonly AppliedStep[],
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { logicalId, former } of [...done].reverse()) {
    const record = recordOf(operation.journal, logicalId);
    if (record === undefined) continue;
    const isReverted =
      former === undefined
        ? (await deleteResources(operation, [record], false)).length === 0
        : await restore(operation, record, former);
    if (!isReverted) failed.push(logicalId);
  }
  return failed;
}

async function restore(
  operation: StackOperation,
  record: StackResourceRecord,
  former: StackResourceRecord,
): Promise<boolean> {
  const current = providedOf(record);
  if (current === undefined) return false;
  const before = { ...former, attributes: record.attributes };
  try {
    await updateResource(operation, current, before, record.properties, former.properties);
    return true;
  } catch {
    // The record of the resource has the reason, and the stack gets the status of a failed rollback.
    return false;
  }
}
