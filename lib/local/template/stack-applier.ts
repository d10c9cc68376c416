import { LocalAwsError } from '../local-aws-error.js';
import type { PlaceContext } from '../place-context.js';
import { refuseWhenImported, type StackOperation } from './apply-stack.js';
import { deployStack } from './deploy-stack.js';
import { invalid } from './intrinsics.js';
import { emptyStackRecord, newStackId, newStackRecord, type ApplyRequest } from './new-stack-record.js';
import { StackJournal } from './stack-journal.js';
import { planStack, type StackPlan } from './stack-plan.js';
import { previewStack, type StackPreview } from './stack-preview.js';
import { hasResources, isUnderway, type StackRecord } from './stack-record.js';
import type { ProviderOf } from './stack-resource-provider.js';
import { openStackStore, type StackStore } from './stack-store.js';
import { parseTemplate } from './template.js';
import { refuseUnsupported } from './template-problems.js';
import { deleteResources } from './delete-resources.js';

/** An operation on a stack that has started. */
export interface Begun {
  readonly stackId: string;
  readonly ended: Promise<StackRecord>;
}

/** A request with its plan. */
interface PlannedRequest {
  readonly plan: StackPlan;
  /** The existing stack of this name, in any status. */
  readonly found: StackRecord | undefined;
  /** The stack to update; undefined if a new one must be created. */
  readonly current: StackRecord | undefined;
}

const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * Creates the applier. Operations that were interrupted when the process was killed are recorded as failed first.
 * @param providerOf finds the provider of a resource type
 */
export async function createStackApplier(
  context: PlaceContext,
  providerOf: ProviderOf,
): Promise<StackApplier> {
  const store = openStackStore(context.store);
  await endInterrupted(store, context);
  return new StackApplier(context, providerOf, store);
}

/** Creates, changes and deletes stacks, for CloudFormation and for `LocalAws.deploy`. */
export class StackApplier {
  readonly store: StackStore;
  readonly #context: PlaceContext;
  readonly #providerOf: ProviderOf;
  readonly #underway = new Map<string, Promise<unknown>>();

  constructor(context: PlaceContext, providerOf: ProviderOf, store: StackStore) {
    this.store = store;
    this.#context = context;
    this.#providerOf = providerOf;
  }

  /**
   * Creates or updates a stack. After a failure, rolls back; the returned record then has the status and the reason.
   * @throws LocalAwsError `UnsupportedTemplate`, `InvalidTemplate`, `StackBusy`, before anything is changed
   */
  async apply(request: ApplyRequest): Promise<StackRecord> {
    return this.#exclusively(request.stackName, () => this.#apply(request));
  }

  /** As `apply`, but resolves as soon as the stack's status shows that the operation is in progress. */
  async begin(request: ApplyRequest): Promise<Begun> {
    const { stackName } = request;
    const { ended } = await this.#begin(stackName, (begun) => this.#apply(request, begun));
    return { stackId: (await this.store.find(stackName))?.stackId ?? stackName, ended };
  }

  /** Returns the changes that `apply` would make. @throws LocalAwsError as `apply` */
  async preview(request: ApplyRequest): Promise<StackPreview> {
    const { plan, current } = await this.#plan(request);
    return previewStack(plan, request, current);
  }

  /**
   * Creates a stack without resources in status REVIEW_IN_PROGRESS. A change set will create its resources.
   */
  async review(stackName: string): Promise<StackRecord> {
    if (!STACK_NAME.test(stackName)) throw invalid(`${stackName} is not a valid stack name`);
    const record = emptyStackRecord(this.#context, stackName);
    await this.#exclusively(stackName, () =>
      this.#operation(record).journal.stack('REVIEW_IN_PROGRESS', 'User Initiated'),
    );
    return record;
  }

  /**
   * Deletes a stack except for its retained resources.
   * @throws LocalAwsError `StackBusy`, or `InvalidTemplate` when another stack imports from it
   */
  async delete(stackName: string): Promise<void> {
    await this.#exclusively(stackName, () => this.#deleteFound(stackName));
  }

  /** As `delete`, but resolves as soon as the stack's status shows that the operation is in progress. */
  async beginDelete(stackName: string): Promise<void> {
    const { ended } = await this.#begin(stackName, (begun) => this.#deleteFound(stackName, begun));
    // The error can be ignored here, because the stack's status and events contain it.
    ended.catch(() => undefined);
  }

  /** Resolves when no operation is in progress. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underway.values());
  }

  #exclusively<T>(stackName: string, operation: () => Promise<T>): Promise<T> {
    if (this.#underway.has(stackName)) {
      throw new LocalAwsError(
        'StackBusy',
        `The stack ${stackName} is being changed; wait until the operation ends`,
      );
    }
    const running = operation().finally(() => this.#underway.delete(stackName));
    this.#underway.set(stackName, running);
    return running;
  }

  /** Starts an operation. Resolves when it is in progress. If it fails earlier, rejects with its error. */
  async #begin<T>(stackName: string, operate: (begun: () => void) => Promise<T>) {
    let announce: () => void = () => undefined;
    const inProgress = new Promise<void>((resolve) => (announce = resolve));
    const ended = this.#exclusively(stackName, () => operate(announce));
    await Promise.race([inProgress, ended]);
    return { ended };
  }

  #operation(record: StackRecord, begun?: () => void): StackOperation {
    const { clock } = this.#context;
    const journal = new StackJournal(this.store, clock, record);
    return { journal, providerOf: this.#providerOf, store: this.store, clock, begun };
  }

  async #plan(request: ApplyRequest): Promise<PlannedRequest> {
    const { stackName, templateText } = request;
    if (!STACK_NAME.test(stackName)) throw invalid(`${stackName} is not a valid stack name`);
    const found = await this.store.read(stackName);
    const current = found !== undefined && hasResources(found.status) ? found : undefined;
    const stackId = (current ?? inReview(found))?.stackId ?? newStackId(this.#context, stackName);
    const { account, region, partition } = this.#context;
    const exports = new Map((await this.store.exports()).map(({ exportName, value }) => [exportName, value]));
    const plan = planStack(
      { stackName, stackId, account, region, partition },
      parseTemplate(templateText),
      request.parameters ?? {},
      (name) => exports.get(name),
    );
    refuseUnsupported(plan, this.#providerOf, current);
    return { plan, found, current };
  }

  async #apply(request: ApplyRequest, begun?: () => void): Promise<StackRecord> {
    const { plan, found, current } = await this.#plan(request);
    if (current !== undefined) {
      return deployStack('UPDATE', plan, request, this.#operation(current, begun));
    }
    const reviewed = inReview(found);
    if (found !== undefined && reviewed === undefined) await this.#delete(found);
    const record = newStackRecord(this.#context, plan, request, reviewed);
    return deployStack('CREATE', plan, request, this.#operation(record, begun));
  }

  async #delete(record: StackRecord, begun?: () => void): Promise<void> {
    for (const { exportName } of record.outputs) {
      if (exportName !== undefined) await refuseWhenImported(this.store, exportName);
    }
    const operation = this.#operation(record);
    const { journal } = operation;
    await journal.stack('DELETE_IN_PROGRESS', 'User Initiated');
    begun?.();
    const failed = await deleteResources(operation, record.resources, record.status !== 'ROLLBACK_FAILED');
    if (failed.length > 0) {
      const reason = `The following resource(s) failed to delete: [${failed.join(', ')}].`;
      await journal.stack('DELETE_FAILED', reason);
      throw new LocalAwsError('StackFailed', `The stack ${record.stackName} could not be deleted. ${reason}`);
    }
    await journal.stack('DELETE_COMPLETE', undefined, {
      deletedAtMs: this.#context.clock.now(),
      outputs: [],
      imports: [],
    });
  }

  async #deleteFound(stackName: string, begun?: () => void): Promise<void> {
    const record = await this.store.read(stackName);
    if (record !== undefined && record.status !== 'DELETE_COMPLETE') await this.#delete(record, begun);
  }
}

function inReview(stack: StackRecord | undefined): StackRecord | undefined {
  return stack?.status === 'REVIEW_IN_PROGRESS' ? stack : undefined;
}

/**
 * Marks operations as failed that were interrupted when the process was killed. The next deployment repeats an
 * interrupted update. After an interrupted creation or deletion, it first deletes the remaining resources.
 */
async function endInterrupted(store: StackStore, context: PlaceContext): Promise<void> {
  const reason = 'The local AWS was stopped before the operation ended';
  for (const { status, stackId } of await store.list()) {
    const record = isUnderway(status) ? await store.read(stackId) : undefined;
    if (record === undefined) continue;
    const journal = new StackJournal(store, context.clock, record);
    if (record.status.startsWith('UPDATE')) await journal.stack('UPDATE_FAILED', reason);
    else
      await journal.stack(record.status.startsWith('DELETE') ? 'DELETE_FAILED' : 'ROLLBACK_FAILED', reason);
  }
}
