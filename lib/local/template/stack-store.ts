import type { DurableStore } from '../durable/durable-store.js';
import { valuesOf } from '../durable/values-of.js';
import type { StackEvent, StackOutput, StackRecord } from './stack-record.js';

/** An output that other stacks may import. */
export interface StackExport extends StackOutput {
  readonly exportName: string;
  readonly stackId: string;
  readonly stackName: string;
}

/** Stacks and their events, including deleted stacks. */
export type StackStore = ReturnType<typeof openStackStore>;

export function openStackStore(store: DurableStore) {
  const stacks = store.collection<StackRecord>('cloudformation-stacks');
  const events = store.collection<StackEvent>('cloudformation-events');
  const list = async () =>
    (await valuesOf(stacks)).sort((left, right) => right.createdAtMs - left.createdAtMs);
  const live = async () => (await list()).filter((record) => record.status !== 'DELETE_COMPLETE');
  return {
    /** Returns all stacks, newest first. */
    list,
    put: (record: StackRecord) => stacks.put(record.stackId, record),
    addEvent: (event: StackEvent, index: number) => events.put(eventKey(event.stackId, index), event),
    /**
     * Finds a stack.
     * @param nameOrId a name finds only a stack that is not deleted; an id also finds a deleted one
     */
    find: async (nameOrId: string) =>
      nameOrId.startsWith('arn:')
        ? stacks.get(nameOrId)
        : (await live()).find((record) => record.stackName === nameOrId),
    /** Returns the events of a stack, newest first. */
    events: async (stackId: string) => (await valuesOf(events, `${stackId}#`)).reverse(),
    /** Returns the exports of all stacks that are not deleted, sorted by name. */
    exports: async () =>
      (await live()).flatMap(exportsOf).sort((left, right) => (left.exportName < right.exportName ? -1 : 1)),
    /** Returns the names of the stacks that import an export. */
    importersOf: async (exportName: string) =>
      (await live())
        .filter((record) => record.imports.includes(exportName))
        .map((record) => record.stackName),
  };
}

function exportsOf({ stackId, stackName, outputs }: StackRecord): StackExport[] {
  return outputs.flatMap((output) =>
    output.exportName === undefined ? [] : [{ ...output, exportName: output.exportName, stackId, stackName }],
  );
}

function eventKey(stackId: string, index: number): string {
  return `${stackId}#${String(index).padStart(8, '0')}`;
}
