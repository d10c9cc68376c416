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
import { rollBack, withdrawResources } from './withdraw-resources.js';

/** Creates a stack's resources. Rolls back after a failure. */
export async function createStack(
  plan: StackPlan,
  request: ApplyRequest,
  operation: StackOperation,
): Promise<StackRecord> {
  const { journal } = operation;
  const done: AppliedStep[] = [];
  await journal.stack('CREATE_IN_PROGRESS', 'User Initiated');
  operation.begun?.();
  try {
    const scope = await applyResources(plan, operation, done);
    const outputs = await checkedOutputs(plan, scope, operation);
    await journal.stack('CREATE_COMPLETE', undefined, { ...described(plan, request), outputs });
  } catch (error) {
    const reason = failureReason('create', error);
    await journal.stack('ROLLBACK_IN_PROGRESS', reason);
    const left = await rollBack(operation, done);
    await journal.stack(left.length === 0 ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', withLeft(reason, left));
  }
  return journal.record;
}

/** Changes a stack's resources to match the template. Rolls back after a failure. */
export async function changeStack(
  plan: StackPlan,
  request: ApplyRequest,
  operation: StackOperation,
): Promise<StackRecord> {
  const { journal } = operation;
  const done: AppliedStep[] = [];
  const updatedAtMs = operation.clock.now();
  await journal.stack('UPDATE_IN_PROGRESS', 'User Initiated', { updatedAtMs });
  operation.begun?.();
  try {
    const scope = await applyResources(plan, operation, done);
    const outputs = await checkedOutputs(plan, scope, operation);
    const changes = { ...described(plan, request), outputs };
    await journal.stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, changes);
    await removeDropped(plan, operation);
    await journal.reorder(plan.resources.map(({ logicalId }) => logicalId));
    await journal.stack('UPDATE_COMPLETE');
  } catch (error) {
    const reason = failureReason('update', error);
    await journal.stack('UPDATE_ROLLBACK_IN_PROGRESS', reason);
    const left = await rollBack(operation, done);
    const status = left.length === 0 ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_FAILED';
    await journal.stack(status, withLeft(reason, left));
  }
  return journal.record;
}

/** Deletes resources that the template no longer has. One that cannot be deleted is abandoned, as in the service. */
async function removeDropped(plan: StackPlan, operation: StackOperation): Promise<void> {
  const planned = new Set(plan.resources.map(({ logicalId }) => logicalId));
  const dropped = operation.journal.record.resources.filter(({ logicalId }) => !planned.has(logicalId));
  const failed = await withdrawResources(operation, dropped, true);
  for (const logicalId of failed) await operation.journal.forget(logicalId);
}

function failureReason(verb: 'create' | 'update', error: unknown): string {
  if (!(error instanceof ResourceFailure)) return messageOf(error);
  return `The following resource(s) failed to ${verb}: [${error.logicalId}]. ${error.message}`;
}

function withLeft(reason: string, left: readonly string[]): string {
  return left.length === 0 ? reason : `${reason} Not rolled back: [${left.join(', ')}].`;
}
