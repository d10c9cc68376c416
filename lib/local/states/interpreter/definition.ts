import type { Json, JsonObject } from '../../resources/resource-provider.js';

/** States that lead from one to another, as those of a machine, of a branch or of an item. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A valid state machine in JSONata mode. */
export interface Definition extends StateGraph {
  /** Longest time an execution may take. @default the service's year */
  readonly timeoutSeconds?: number | undefined;
}

export type State =
  TaskState | ParallelState | MapState | WaitState | ChoiceState | PassState | SucceedState | FailState;

/** The next state; undefined at the end of its graph. */
export type Next = string | undefined;

interface Assigning {
  readonly assign?: JsonObject | undefined;
  /** @default the state's result, or else its input */
  readonly output?: Json | undefined;
}

interface Named {
  readonly name: string;
}

/** What a state does when an attempt at it fails. */
export interface Retrying {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface TaskState extends Named, Assigning, Retrying {
  readonly type: 'Task';
  /** Key of the integration, such as `lambda:invoke` or `aws-sdk:dynamodb:updateItem`. */
  readonly integration: string;
  readonly arguments?: Json | undefined;
  readonly timeoutSeconds?: number | string | undefined;
  /** Longest time between two heartbeats of a task that waits for its token. */
  readonly heartbeatSeconds?: number | string | undefined;
  readonly next: Next;
}

export interface ParallelState extends Named, Assigning, Retrying {
  readonly type: 'Parallel';
  readonly branches: readonly StateGraph[];
  /** Input of each branch. @default the state's input */
  readonly arguments?: Json | undefined;
  readonly next: Next;
}

export interface MapState extends Named, Assigning, Retrying {
  readonly type: 'Map';
  /** @default the state's input */
  readonly items?: Json | undefined;
  /** Input of the states of an item. @default the item */
  readonly itemSelector?: Json | undefined;
  /** Most items at the same time; 0 for as many as the service can. */
  readonly maxConcurrency: number | string;
  /** The states of an item. */
  readonly processor: StateGraph;
  /** @default the items run in this execution, inline */
  readonly distributed?: DistributedMap | undefined;
  readonly next: Next;
}

/** A Map state that starts a child execution for each item or batch of items. */
export interface DistributedMap {
  /** Part of the ARNs of its map runs and children. */
  readonly label: string;
  /** @default the state's `items` */
  readonly reader?: ItemReader | undefined;
  readonly batcher?: ItemBatcher | undefined;
  readonly writer?: ResultWriter | undefined;
  readonly toleratedFailureCount?: number | string | undefined;
  readonly toleratedFailurePercentage?: number | string | undefined;
}

/** Where a distributed Map state reads its items. */
export interface ItemReader {
  readonly source: ItemSource;
  readonly arguments: Json;
  /** @default all items */
  readonly maxItems?: number | string | undefined;
}

export type ItemSource =
  | { readonly type: 'objects' }
  | { readonly type: 'JSON' | 'JSONL' }
  | {
      readonly type: 'CSV';
      readonly delimiter: string;
      /** @default those of the first row */
      readonly headers?: readonly string[] | undefined;
    };

/** Largest batches of items, each the input of one child. At least one limit is set. */
export interface ItemBatcher {
  readonly maxItems?: number | string | undefined;
  readonly maxInputBytes?: number | string | undefined;
  readonly batchInput?: Json | undefined;
}

/** How a distributed Map state returns or writes the results of its children. */
export interface ResultWriter {
  /** Bucket and prefix. @default results are returned */
  readonly arguments?: Json | undefined;
  /** What becomes of a successful child: its description, its output, or the items of its output. */
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds?: number | undefined;
  readonly jitterStrategy: 'NONE' | 'FULL';
}

export interface Catcher extends Assigning {
  readonly errorEquals: readonly string[];
  readonly next: string;
}

export interface WaitState extends Named, Assigning {
  readonly type: 'Wait';
  readonly until: { readonly seconds: number | string } | { readonly timestamp: string };
  readonly next: Next;
}

export interface ChoiceState extends Named, Assigning {
  readonly type: 'Choice';
  readonly choices: readonly ChoiceRule[];
  readonly default?: string | undefined;
}

export interface ChoiceRule extends Assigning {
  readonly condition: string | boolean;
  readonly next: string;
}

export interface PassState extends Named, Assigning {
  readonly type: 'Pass';
  readonly next: Next;
}

export interface SucceedState extends Named {
  readonly type: 'Succeed';
  readonly output?: Json | undefined;
}

export interface FailState extends Named {
  readonly type: 'Fail';
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}
