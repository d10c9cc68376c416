import {
  applyResources,
  checkedOutputs,
  ResourceFailure,
  type AppliedStep,
  type StackOperation,
} from './apply-stack.js';
import { described, type ApplyRequest } from './new-stack-record.js';
import type { StackPlan } from './stack-plan.js';
import type { StackRecord } from './stack-record.js';
import { messageOf } from './template-problems.js';
import { rollBack, deleteResources } from './delete-resources.js';

/** Creates or updates the resources of a stack as its template describes them. Rolls back after a failure. */
export async function deployStack(
  verb: 'CREATE' | 'UPDATE',
  plan: StackPlan,
  request: ApplyRequest,
  operation: StackOperation,
): Promise<StackRecord> {
  const { journal, clock } = operation;
  const done: AppliedStep[] = [];
  const isUpdate = verb === 'UPDATE';
  const updatedAtMs = isUpdate ? clock.now() : undefined;
  await journal.stack(`${verb}_IN_PROGRESS`, 'User Initiated', { updatedAtMs });
  operation.begun?.();
  try {
    const scope = await applyResources(plan, operation, done);
    await operation.store.changeExports(async () => {
      const outputs = await checkedOutputs(plan, scope, operation);
      const status = isUpdate ? 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' : 'CREATE_COMPLETE';
      await journal.stack(status, undefined, { ...described(plan, request), outputs });
    });
    if (isUpdate) {
      await removeDropped(plan, operation);
      await journal.reorder(plan.resources.map(({ logicalId }) => logicalId));
      await journal.stack('UPDATE_COMPLETE');
    }
  } catch (error) {
    const reason = failureReason(verb, error);
    const rollback = isUpdate ? 'UPDATE_ROLLBACK' : 'ROLLBACK';
    await journal.stack(`${rollback}_IN_PROGRESS`, reason);
    const left = await rollBack(operation, done);
    await journal.stack(`${rollback}_${left.length === 0 ? 'COMPLETE' : 'FAILED'}`, withLeft(reason, left));
  }
  return journal.record;
}

/**
 * Deletes resources that are no longer in the template. As in CloudFormation, a resource that cannot be deleted
 * continues to exist, but is removed from the stack.
 */
async function removeDropped(plan: StackPlan, operation: StackOperation): Promise<void> {
  const planned = new Set(plan.resources.map(({ logicalId }) => logicalId));
  const dropped = operation.journal.record.resources.filter(({ logicalId }) => !planned.has(logicalId));
  const failed = await deleteResources(operation, dropped, true);
  for (const logicalId of failed) await operation.journal.forget(logicalId);
}

function failureReason(verb: 'CREATE' | 'UPDATE', error: unknown): string {
  if (!(error instanceof ResourceFailure)) return messageOf(error);
  return `The following resource(s) failed to ${verb.toLowerCase()}: [${error.logicalId}]. ${error.message}`;
}

function withLeft(reason: string, left: readonly string[]): string {
  return left.length === 0 ? reason : `${reason} Not rolled back: [${left.join(', ')}].`;
}
