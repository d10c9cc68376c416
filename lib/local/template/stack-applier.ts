import { CodeseederError } from '../../contract/index.js';
import type { PlaceContext } from '../place-context.js';
import { refuseWhenImported, type StackOperation } from './apply-stack.js';
import { changeStack, createStack } from './deploy-stack.js';
import { invalid } from './intrinsics.js';
import { emptyStackRecord, newStackId, newStackRecord, type ApplyRequest } from './new-stack-record.js';
import { StackJournal } from './stack-journal.js';
import { planStack } from './stack-plan.js';
import { previewStack, type StackPreview } from './stack-preview.js';
import { hasResources, isUnderway, type StackRecord } from './stack-record.js';
import type { ProviderOf } from './stack-resource-provider.js';
import { openStackStore, type StackStore } from './stack-store.js';
import { parseTemplate } from './template.js';
import { refuseUnsupported } from './template-problems.js';
import { withdrawResources } from './withdraw-resources.js';

/** Applies templates to the place, whatever way they come in. */
export interface StackApplier {
  readonly store: StackStore;
  /**
   * Creates or changes a stack. A failure takes back what was done; the record's status and reason tell.
   * @throws CodeseederError `UnsupportedTemplate`, `InvalidTemplate`, `StackBusy`: then nothing was done
   */
  apply(request: ApplyRequest): Promise<StackRecord>;
  /** As `apply`, but returns once the stack's state says that it is under way. */
  begin(request: ApplyRequest): Promise<Begun>;
  /** What applying would change. @throws CodeseederError as `apply` */
  preview(request: ApplyRequest): Promise<StackPreview>;
  /** A stack of that name without any resource, for a change set to create. */
  review(stackName: string): Promise<StackRecord>;
  /**
   * Deletes a stack; what is retained stays.
   * @throws CodeseederError `StackBusy`, or `InvalidTemplate` when another stack imports from it
   */
  delete(stackName: string): Promise<void>;
  /** As `delete`, but returns once the stack's state says that it is under way. */
  beginDelete(stackName: string): Promise<void>;
  /** Resolves once no operation is underway. */
  settled(): Promise<void>;
}

/** An operation on a stack that is under way. */
export interface Begun {
  readonly stackId: string;
  readonly ended: Promise<StackRecord>;
}

const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/** @param providerOf is asked at the time of use, so that the providers may be made later */
export async function createStackApplier(
  context: PlaceContext,
  providerOf: ProviderOf,
): Promise<StackApplier> {
  const store = openStackStore(context.store);
  const underway = new Map<string, Promise<unknown>>();
  await endInterrupted(store, context);

  function exclusively<T>(stackName: string, operation: () => Promise<T>): Promise<T> {
    if (underway.has(stackName)) {
      throw new CodeseederError('StackBusy', `The stack ${stackName} is being changed; wait for its end`);
    }
    const running = operation().finally(() => underway.delete(stackName));
    underway.set(stackName, running);
    return running;
  }

  function operationOn(record: StackRecord, begun?: () => void): StackOperation {
    const journal = new StackJournal(store, context.clock, record);
    return { journal, providerOf, store, clock: context.clock, ...(begun === undefined ? {} : { begun }) };
  }

  async function planned(request: ApplyRequest) {
    const { stackName, templateText } = request;
    if (!STACK_NAME.test(stackName)) throw invalid(`${stackName} is no stack name`);
    const found = await store.find(stackName);
    const current = found !== undefined && hasResources(found.status) ? found : undefined;
    const reviewed = found?.status === 'REVIEW_IN_PROGRESS' ? found : undefined;
    const stackId = (current ?? reviewed)?.stackId ?? newStackId(context, stackName);
    const { account, region, partition } = context;
    const exports = new Map((await store.exports()).map((output) => [output.exportName, output.value]));
    const plan = planStack(
      { stackName, stackId, account, region, partition },
      parseTemplate(templateText),
      request.parameters ?? {},
      (name) => exports.get(name),
    );
    refuseUnsupported(plan, providerOf, current);
    return { plan, found, current, reviewed };
  }

  async function applyNow(request: ApplyRequest, begun?: () => void): Promise<StackRecord> {
    const { plan, found, current, reviewed } = await planned(request);
    if (current !== undefined) return changeStack(plan, request, operationOn(current, begun));
    if (found !== undefined && reviewed === undefined) await deleteNow(found);
    const { createdAtMs, eventCount } = reviewed ?? {};
    const record = {
      ...newStackRecord(context, plan, request),
      ...(createdAtMs === undefined ? {} : { createdAtMs }),
      ...(eventCount === undefined ? {} : { eventCount }),
    };
    return createStack(plan, request, operationOn(record, begun));
  }

  async function deleteNow(record: StackRecord, begun?: () => void): Promise<StackRecord> {
    for (const { exportName } of record.outputs) {
      if (exportName !== undefined) await refuseWhenImported(store, exportName);
    }
    const operation = operationOn(record);
    const { journal } = operation;
    await journal.stack('DELETE_IN_PROGRESS', 'User Initiated');
    begun?.();
    const failed = await withdrawResources(operation, record.resources, record.status !== 'ROLLBACK_FAILED');
    if (failed.length > 0) {
      const reason = `The following resource(s) failed to delete: [${failed.join(', ')}].`;
      await journal.stack('DELETE_FAILED', reason);
      throw new CodeseederError('StackFailed', `The stack ${record.stackName} is not deleted. ${reason}`);
    }
    await journal.stack('DELETE_COMPLETE', undefined, {
      deletedAtMs: context.clock.now(),
      outputs: [],
      imports: [],
    });
    return journal.record;
  }

  async function deleteFound(stackName: string, begun?: () => void): Promise<void> {
    const record = await store.find(stackName);
    if (record !== undefined && record.status !== 'DELETE_COMPLETE') await deleteNow(record, begun);
  }

  /** @returns once the operation is under way, or has failed before that: then it throws what it failed with */
  async function beginNow<T>(stackName: string, operate: (begun: () => void) => Promise<T>) {
    let announce: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => (announce = resolve));
    const ended = exclusively(stackName, () => operate(announce));
    await Promise.race([underWay, ended]);
    return { ended };
  }

  return {
    store,
    apply: async (request) => exclusively(request.stackName, () => applyNow(request)),
    async begin(request) {
      const { stackName } = request;
      const { ended } = await beginNow(stackName, (begun) => applyNow(request, begun));
      return { stackId: (await store.find(stackName))?.stackId ?? stackName, ended };
    },
    preview: async (request) => {
      const { plan, current } = await planned(request);
      return previewStack(plan, request, current);
    },
    review: async (stackName) => {
      if (!STACK_NAME.test(stackName)) throw invalid(`${stackName} is no stack name`);
      const record = emptyStackRecord(context, stackName);
      await exclusively(stackName, () =>
        operationOn(record).journal.stack('REVIEW_IN_PROGRESS', 'User Initiated'),
      );
      return record;
    },
    delete: async (stackName) => exclusively(stackName, () => deleteFound(stackName)),
    async beginDelete(stackName) {
      const { ended } = await beginNow(stackName, (begun) => deleteFound(stackName, begun));
      // The stack's state and events tell of a failure.
      ended.catch(() => undefined);
    },
    async settled() {
      await Promise.allSettled(underway.values());
    },
  };
}

/** What was underway when the place was killed has an end, and says why; the next deployment goes on from there. */
async function endInterrupted(store: StackStore, context: PlaceContext): Promise<void> {
  const reason = 'The local place was stopped before the operation ended';
  for (const record of await store.list()) {
    if (!isUnderway(record.status)) continue;
    const journal = new StackJournal(store, context.clock, record);
    if (record.status.startsWith('UPDATE')) await journal.stack('UPDATE_FAILED', reason);
    else
      await journal.stack(record.status.startsWith('DELETE') ? 'DELETE_FAILED' : 'ROLLBACK_FAILED', reason);
  }
}
