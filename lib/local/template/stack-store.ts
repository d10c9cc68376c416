import type { CollectionChange, DurableStore } from '../durable/durable-store.js';
import { KeyedLock } from '../durable/keyed-lock.js';
import { valuesOf } from '../durable/values-of.js';
import type {
  StackEvent,
  StackHeader,
  StackOutput,
  StackRecord,
  StackResourceRecord,
} from './stack-record.js';

/** An output that other stacks may import. */
export interface StackExport extends StackOutput {
  readonly exportName: string;
  readonly stackId: string;
  readonly stackName: string;
}

/** Stacks and their events, including deleted stacks. */
export type StackStore = ReturnType<typeof openStackStore>;

/** The header of a stack as it is stored. */
interface StoredHeader extends StackHeader {
  /** Logical ids of the resources, in order of creation. */
  readonly resourceOrder: readonly string[];
}

type StoredPart = StoredHeader | StackResourceRecord | string;

const STACKS = 'cloudformation-stacks';
/** Start of the keys of headers, which are ARNs. The keys of other parts start with `part:`. */
const HEADERS = 'arn:';

export function openStackStore(store: DurableStore) {
  // One collection has all parts of a stack, so that a batch writes all of them or none.
  const headers = store.collection<StoredHeader | StackRecord>(STACKS);
  const parts = store.collection<StoredPart>(STACKS);
  const events = store.collection<StackEvent>('cloudformation-events');
  const lock = new KeyedLock();
  const list = async () =>
    (await valuesOf(headers, HEADERS)).sort((left, right) => right.createdAtMs - left.createdAtMs);
  const live = async () => (await list()).filter((stack) => stack.status !== 'DELETE_COMPLETE');
  const find = async (nameOrId: string): Promise<StoredHeader | StackRecord | undefined> => {
    if (nameOrId.startsWith(HEADERS)) return headers.get(nameOrId);
    return (await live()).find((stack) => stack.stackName === nameOrId);
  };
  return {
    /** Returns all stacks, newest first. */
    list,
    /**
     * Stores a stack.
     * @param former the stack as it is stored. Its parts that are the same objects in `record` are not written again,
     *   because a template has hundreds of kilobytes. @default all parts are written
     */
    put: (record: StackRecord, former?: StackRecord) => parts.batch(changedParts(record, former)),
    addEvent: (event: StackEvent, index: number) => events.put(eventKey(event.stackId, index), event),
    /**
     * Finds a stack.
     * @param nameOrId a name finds only a stack that is not deleted; an id also finds a deleted one
     */
    find,
    /** Finds a stack as `find` does, and reads its template and its resources. */
    read: async (nameOrId: string): Promise<StackRecord | undefined> => {
      const header = await find(nameOrId);
      // A data folder of an earlier version has the whole stack in one value.
      if (header === undefined || 'resources' in header) return header;
      const stored = new Map<string, StoredPart>();
      for await (const [key, part] of parts.entries(partKey(header.stackId, ''))) stored.set(key, part);
      return assembled(header, stored);
    },
    /** Returns the events of a stack, newest first. */
    events: async (stackId: string) => (await valuesOf(events, `${stackId}#`)).reverse(),
    /**
     * Runs work that checks exports and stores them, after all earlier work of this kind. Without it, two stacks could
     * export one name.
     */
    changeExports: <T>(work: () => Promise<T>): Promise<T> => lock.run('exports', work),
    /** Returns the exports of all stacks that are not deleted, sorted by name. */
    exports: async () =>
      (await live()).flatMap(exportsOf).sort((left, right) => (left.exportName < right.exportName ? -1 : 1)),
    /** Returns the names of the stacks that import an export. */
    importersOf: async (exportName: string) =>
      (await live()).filter((stack) => stack.imports.includes(exportName)).map((stack) => stack.stackName),
  };
}

function changedParts(record: StackRecord, former: StackRecord | undefined): CollectionChange<StoredPart>[] {
  const { templateText, resources, ...header } = record;
  const { stackId } = record;
  const resourceOrder = resources.map(({ logicalId }) => logicalId);
  const kept = new Set(resourceOrder);
  const unchanged = new Set(former?.resources);
  const changes: CollectionChange<StoredPart>[] = [{ put: stackId, value: { ...header, resourceOrder } }];
  if (former?.templateText !== templateText)
    changes.push({ put: partKey(stackId, 'template'), value: templateText });
  for (const resource of resources) {
    if (!unchanged.has(resource))
      changes.push({ put: resourceKey(stackId, resource.logicalId), value: resource });
  }
  for (const { logicalId } of former?.resources ?? []) {
    if (!kept.has(logicalId)) changes.push({ delete: resourceKey(stackId, logicalId) });
  }
  return changes;
}

/** Returns a stack from its parts. A part that a repair has removed, because it was damaged, is left out. */
function assembled(
  { resourceOrder, ...header }: StoredHeader,
  parts: ReadonlyMap<string, StoredPart>,
): StackRecord {
  const { stackId } = header;
  return {
    ...header,
    templateText: (parts.get(partKey(stackId, 'template')) as string | undefined) ?? '{}',
    resources: resourceOrder.flatMap((logicalId) => {
      const resource = parts.get(resourceKey(stackId, logicalId)) as StackResourceRecord | undefined;
      return resource === undefined ? [] : [resource];
    }),
  };
}

function partKey(stackId: string, name: string): string {
  return `part:${stackId}#${name}`;
}

function resourceKey(stackId: string, logicalId: string): string {
  return partKey(stackId, `resource#${logicalId}`);
}

function exportsOf({ stackId, stackName, outputs }: StackHeader): StackExport[] {
  return outputs.flatMap((output) =>
    output.exportName === undefined ? [] : [{ ...output, exportName: output.exportName, stackId, stackName }],
  );
}

function eventKey(stackId: string, index: number): string {
  return `${stackId}#${String(index).padStart(8, '0')}`;
}
