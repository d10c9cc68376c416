import type { Collection, CollectionChange } from '../durable/durable-store.js';
import type { PlaceContext } from '../place-context.js';
import type { HistoryEvent } from './interpreter/history.js';

export interface StoredMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly revisionId: string;
  readonly definition: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface StoredExecution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly revisionId: string;
  readonly roleArn: string;
  readonly status: ExecutionStatus;
  readonly startedAtMs: number;
  readonly stoppedAtMs?: number;
  readonly input: string;
  readonly output?: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** Events of the history, once the execution has ended. */
  readonly eventCount?: number;
}

type Stored = StoredMachine | StoredExecution | HistoryEvent | string;

export type StatesChange = CollectionChange<Stored>;

/** Machines, executions and histories. One collection has them all, so one batch can write to several. */
export interface StoredStates {
  machine(arn: string): Promise<StoredMachine | undefined>;
  machines(): Promise<StoredMachine[]>;
  /** The definition that an execution was started with. */
  definition(machineArn: string, revisionId: string): Promise<string | undefined>;
  execution(arn: string): Promise<StoredExecution | undefined>;
  /** ARNs of a machine's executions, newest first. @param after `positionOf` the execution before. @default the newest */
  executionArns(machineArn: string, after?: string): AsyncIterable<string>;
  /** Executions that have not ended. */
  unfinished(): Promise<StoredExecution[]>;
  event(executionArn: string, id: number): Promise<HistoryEvent | undefined>;
  lastEventId(executionArn: string): Promise<number>;
  write(changes: readonly StatesChange[]): Promise<void>;
}

export function openStoredStates(context: PlaceContext): StoredStates {
  const collection = context.store.collection<Stored>('states');
  return {
    machine: (arn) => collection.get(`machine/${arn}`) as Promise<StoredMachine | undefined>,
    machines: () => values<StoredMachine>(collection, 'machine/'),
    definition: (arn, revision) =>
      collection.get(`definition/${arn}/${revision}`) as Promise<string | undefined>,
    execution: (arn) => collection.get(`execution/${arn}`) as Promise<StoredExecution | undefined>,
    executionArns: (machineArn, after) => newestFirst(collection, machineArn, after),
    unfinished: () => unfinished(collection),
    event: (arn, id) => collection.get(eventKey(arn, id)) as Promise<HistoryEvent | undefined>,
    lastEventId: (arn) => lastEventId(collection, arn),
    write: (changes) => collection.batch(changes),
  };
}

/** Writes a machine and the definition of its revision. */
export function machineChanges(machine: StoredMachine): StatesChange[] {
  return [
    { put: `machine/${machine.arn}`, value: machine },
    { put: `definition/${machine.arn}/${machine.revisionId}`, value: machine.definition },
  ];
}

/** Removes a machine. Its executions stay readable. */
export function machineRemoval(arn: string): StatesChange[] {
  return [{ delete: `machine/${arn}` }];
}

/** Writes the current state of an execution. */
export function executionChanges(execution: StoredExecution): StatesChange[] {
  const running = `running/${execution.arn}`;
  return [
    { put: `execution/${execution.arn}`, value: execution },
    execution.status === 'RUNNING' ? { put: running, value: execution.arn } : { delete: running },
    { put: `order/${execution.machineArn}/${positionOf(execution)}`, value: execution.arn },
  ];
}

export function eventChange(executionArn: string, event: HistoryEvent): StatesChange {
  return { put: eventKey(executionArn, event.id), value: event };
}

function eventKey(executionArn: string, id: number): string {
  return `history/${executionArn}/${String(id).padStart(5, '0')}`;
}

const LATEST_MS = 9_999_999_999_999;

/** Returns the position of an execution among those of its machine: later starts sort first. */
export function positionOf({ startedAtMs, name }: StoredExecution): string {
  return `${String(LATEST_MS - startedAtMs).padStart(13, '0')}/${name}`;
}

async function values<T>(collection: Collection<Stored>, prefix: string): Promise<T[]> {
  const found: T[] = [];
  for await (const [, value] of collection.entries(prefix)) found.push(value as T);
  return found;
}

async function* newestFirst(
  collection: Collection<Stored>,
  machineArn: string,
  after = '',
): AsyncIterable<string> {
  const prefix = `order/${machineArn}/`;
  for await (const [key, arn] of collection.entries(prefix, prefix + after)) {
    if (key !== prefix + after) yield arn as string;
  }
}

async function unfinished(collection: Collection<Stored>): Promise<StoredExecution[]> {
  const arns = await values<string>(collection, 'running/');
  const executions = await Promise.all(arns.map((arn) => collection.get(`execution/${arn}`)));
  return executions.filter((execution) => execution !== undefined) as StoredExecution[];
}

async function lastEventId(collection: Collection<Stored>, arn: string): Promise<number> {
  const events = await values<HistoryEvent>(collection, `history/${arn}/`);
  return events.at(-1)?.id ?? 0;
}
