import type { CollectionChange } from '../durable/durable-store.js';
import { valuesOf } from '../durable/values-of.js';
import type { PlaceContext } from '../place-context.js';
import type { HistoryEvent } from './interpreter/history.js';
import type { Tag } from './tags.js';

export interface StoredMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly revisionId: string;
  readonly definition: string;
  readonly tags: readonly Tag[];
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
  /** Number of events in the history; set when the execution has ended. */
  readonly eventCount?: number;
  /** ARN of the map run that started this execution, if it is a child execution. */
  readonly mapRunArn?: string;
  /** Number of items that a child execution processes. */
  readonly itemCount?: number;
}

/** Numbers of child executions, or of items, by status. */
export interface MapRunCounts {
  readonly total: number;
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  readonly resultsWritten: number;
}

export interface StoredMapRun {
  readonly arn: string;
  /** ARN of the execution that contains the Map state. */
  readonly executionArn: string;
  readonly machineArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAtMs: number;
  readonly stoppedAtMs?: number;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly executionCounts: MapRunCounts;
  readonly itemCounts: MapRunCounts;
}

type Stored = StoredMachine | StoredExecution | StoredMapRun | HistoryEvent | string;

export type StatesChange = CollectionChange<Stored>;

/**
 * Machines, executions, histories and map runs. They are in one collection, so that one batch can change several of
 * them.
 */
export type StoredStates = ReturnType<typeof openStoredStates>;

export function openStoredStates(context: PlaceContext) {
  const collection = context.store.collection<Stored>('states');
  const get = <T extends Stored>(key: string) => collection.get(key) as Promise<T | undefined>;
  const values = <T extends Stored>(prefix: string) => valuesOf(collection, prefix) as Promise<T[]>;
  const execution = (arn: string) => get<StoredExecution>(`execution/${arn}`);
  return {
    machine: (arn: string) => get<StoredMachine>(`machine/${arn}`),
    machines: () => values<StoredMachine>('machine/'),
    /** Returns the definition with which an execution was started. */
    definition: (machineArn: string, revisionId: string) =>
      get<string>(`definition/${machineArn}/${revisionId}`),
    execution,
    /**
     * Yields the ARNs of a machine's executions or of a map run's child executions, newest first.
     * @param after `positionOf()` the execution after which to start; by default, starts at the newest
     */
    async *executionArns(ofArn: string, after = ''): AsyncIterable<string> {
      const prefix = `order/${ofArn}/`;
      for await (const [key, arn] of collection.entries(prefix, prefix + after)) {
        if (key !== prefix + after) yield arn as string;
      }
    },
    /** Returns the executions that have not ended. */
    async unfinished(): Promise<StoredExecution[]> {
      const executions = await Promise.all((await values<string>('running/')).map(execution));
      return executions.filter((found) => found !== undefined);
    },
    mapRun: (arn: string) => get<StoredMapRun>(`mapRun/${arn}`),
    /** Returns the map runs of an execution, newest first. */
    mapRuns: (executionArn: string) => values<StoredMapRun>(`mapRunOf/${executionArn}/`),
    /** Returns the ARNs of the map runs that have not ended. */
    openMapRuns: () => values<string>('openMapRun/'),
    event: (executionArn: string, id: number) => get<HistoryEvent>(eventKey(executionArn, id)),
    lastEventId: async (executionArn: string) =>
      (await values<HistoryEvent>(`history/${executionArn}/`)).at(-1)?.id ?? 0,
    write: (changes: readonly StatesChange[]) => collection.batch(changes),
  };
}

/** Returns the changes that write a machine and the definition of its revision. */
export function machineChanges(machine: StoredMachine): StatesChange[] {
  return [
    { put: `machine/${machine.arn}`, value: machine },
    { put: `definition/${machine.arn}/${machine.revisionId}`, value: machine.definition },
  ];
}

/** Returns the changes that delete a machine. Its executions stay readable. */
export function machineRemoval(arn: string): StatesChange[] {
  return [{ delete: `machine/${arn}` }];
}

/** Returns the changes that write the current state of an execution. */
export function executionChanges(execution: StoredExecution): StatesChange[] {
  const running = `running/${execution.arn}`;
  return [
    { put: `execution/${execution.arn}`, value: execution },
    execution.status === 'RUNNING' ? { put: running, value: execution.arn } : { delete: running },
    {
      put: `order/${execution.mapRunArn ?? execution.machineArn}/${positionOf(execution)}`,
      value: execution.arn,
    },
  ];
}

/** Returns the changes that write the current state of a map run. */
export function mapRunChanges(run: StoredMapRun): StatesChange[] {
  const open = `openMapRun/${run.arn}`;
  const place = `mapRunOf/${run.executionArn}/${positionOf({ startedAtMs: run.startedAtMs, name: run.arn })}`;
  return [
    { put: `mapRun/${run.arn}`, value: run },
    { put: place, value: run },
    run.status === 'RUNNING' ? { put: open, value: run.arn } : { delete: open },
  ];
}

export function eventChange(executionArn: string, event: HistoryEvent): StatesChange {
  return { put: eventKey(executionArn, event.id), value: event };
}

function eventKey(executionArn: string, id: number): string {
  return `history/${executionArn}/${String(id).padStart(5, '0')}`;
}

const LATEST_MS = 9_999_999_999_999;

/**
 * Returns the sort key of an execution among those of its machine. Executions that started later sort first.
 */
export function positionOf({ startedAtMs, name }: Pick<StoredExecution, 'startedAtMs' | 'name'>): string {
  return `${String(LATEST_MS - startedAtMs).padStart(13, '0')}/${name}`;
}
