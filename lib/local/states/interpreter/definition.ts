import type { z } from 'zod';

import type { ItemBatcher, ItemReader, ResultWriter } from './distributed-map-schemas.js';
import type { distributedMapSchema, inlineMapSchema, STATE_SCHEMAS } from './state-schemas.js';

/** States and their transitions: those of a machine, of a branch or of an item. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A valid state machine in JSONata mode. */
export interface Definition extends StateGraph {
  /** Maximum seconds of an execution. @default one year, the service's limit */
  readonly timeoutSeconds?: number | undefined;
}

/** A state as its schema reads it, with its name. */
type Read<Schema extends z.ZodType> = z.output<Schema> & { readonly name: string };

export type TaskState = Read<typeof STATE_SCHEMAS.Task> & {
  /** Key of the integration, such as `lambda:invoke` or `aws-sdk:dynamodb:updateItem`. */
  readonly integration: string;
};

export type ParallelState = Omit<Read<typeof STATE_SCHEMAS.Parallel>, 'branches'> & {
  readonly branches: readonly StateGraph[];
};

export type MapState = Read<typeof inlineMapSchema> & {
  /** The states of an item. */
  readonly processor: StateGraph;
  /** Fields of a distributed Map state. @default the items run in this execution (inline mode) */
  readonly distributed?: DistributedMap | undefined;
};

type Tolerated = 'toleratedFailureCount' | 'toleratedFailurePercentage';

/** A Map state that starts a child execution for each item or batch of items. */
export interface DistributedMap extends Pick<z.output<typeof distributedMapSchema>, Tolerated> {
  /** Part of the ARNs of the state's map runs and children. */
  readonly label: string;
  /** @default the state's `items` */
  readonly reader?: ItemReader | undefined;
  readonly batcher?: ItemBatcher | undefined;
  readonly writer?: ResultWriter | undefined;
}

export type WaitState = Read<typeof STATE_SCHEMAS.Wait>;
export type ChoiceState = Read<typeof STATE_SCHEMAS.Choice>;
export type PassState = Read<typeof STATE_SCHEMAS.Pass>;
export type SucceedState = Read<typeof STATE_SCHEMAS.Succeed>;
export type FailState = Read<typeof STATE_SCHEMAS.Fail>;

export type State =
  | TaskState
  | ParallelState
  | MapState
  | WaitState
  | ChoiceState
  | PassState
  | SucceedState
  | FailState;

/** The next state; undefined at the end of its graph. */
export type Next = string | undefined;

/** A state with Retriers and Catchers: Task, Parallel or Map. */
export type RetryingState = Pick<TaskState, 'retry' | 'catch' | 'next'>;
export type Retrier = RetryingState['retry'][number];
export type Catcher = RetryingState['catch'][number];
