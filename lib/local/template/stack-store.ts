import type { DurableStore } from '../durable/durable-store.js';
import type { StackEvent, StackOutput, StackRecord } from './stack-record.js';

/** An output that other stacks may import. */
export interface StackExport extends StackOutput {
  readonly exportName: string;
  readonly stackId: string;
  readonly stackName: string;
}

/** Stacks and their events, deleted stacks included. */
export interface StackStore {
  /** @param nameOrId a name finds only a stack that is not deleted; an id finds any stack */
  find(nameOrId: string): Promise<StackRecord | undefined>;
  /** Newest first. */
  list(): Promise<readonly StackRecord[]>;
  put(record: StackRecord): Promise<void>;
  addEvent(event: StackEvent, index: number): Promise<void>;
  /** Newest first. */
  events(stackId: string): Promise<readonly StackEvent[]>;
  /** Returns the exports of all stacks that are not deleted, sorted by name. */
  exports(): Promise<readonly StackExport[]>;
  /** Returns the names of the stacks that import an export. */
  importersOf(exportName: string): Promise<readonly string[]>;
}

export function openStackStore(store: DurableStore): StackStore {
  const stacks = store.collection<StackRecord>('cloudformation-stacks');
  const events = store.collection<StackEvent>('cloudformation-events');

  async function list(): Promise<StackRecord[]> {
    const records: StackRecord[] = [];
    for await (const [, record] of stacks.entries()) records.push(record);
    return records.sort((left, right) => right.createdAtMs - left.createdAtMs);
  }

  async function live(): Promise<StackRecord[]> {
    return (await list()).filter((record) => record.status !== 'DELETE_COMPLETE');
  }

  return {
    list,
    put: (record) => stacks.put(record.stackId, record),
    addEvent: (event, index) => events.put(eventKey(event.stackId, index), event),
    async find(nameOrId) {
      if (nameOrId.startsWith('arn:')) return stacks.get(nameOrId);
      return (await live()).find((record) => record.stackName === nameOrId);
    },
    async events(stackId) {
      const found: StackEvent[] = [];
      for await (const [, event] of events.entries(`${stackId}#`)) found.push(event);
      return found.reverse();
    },
    async exports() {
      return (await live())
        .flatMap(exportsOf)
        .sort((left, right) => (left.exportName < right.exportName ? -1 : 1));
    },
    async importersOf(exportName) {
      return (await live())
        .filter((record) => record.imports.includes(exportName))
        .map((record) => record.stackName);
    },
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
