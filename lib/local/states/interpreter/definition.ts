import type { z } from 'zod';

import type { ItemBatcher, ItemReader, ResultWriter } from './distributed-map-schemas.js';
import type { distributedMapSchema, inlineMapSchema, STATE_SCHEMAS } from './state-schemas.js';

/** States and the transitions between them: those of a machine, of a branch or of an item processor. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A valid state machine in JSONata mode. */
export interface Definition extends StateGraph {
  /** Maximum seconds of an execution. @default no limit. In AWS, an execution runs for one year at most */
  readonly timeoutSeconds?: number | undefined;
}

/** The parsed fields of a state, with its name. */
type Read<Schema extends z.ZodType> = z.output<Schema> & { readonly name: string };

export type TaskState = Read<typeof STATE_SCHEMAS.Task> & {
  /** The task's integration, such as `lambda:invoke` or `aws-sdk:dynamodb:updateItem`. */
  readonly integration: string;
};

export type ParallelState = Omit<Read<typeof STATE_SCHEMAS.Parallel>, 'branches'> & {
  readonly branches: readonly StateGraph[];
};

export type MapState = Read<typeof inlineMapSchema> & {
  /** The states that run for each item. */
  readonly processor: StateGraph;
  /**
   * Fields of a distributed Map state.
   * @default an inline Map state, whose items run in the same execution
   */
  readonly distributed?: DistributedMap | undefined;
};

type Tolerated = 'toleratedFailureCount' | 'toleratedFailurePercentage';

/** A Map state that starts a child execution for each item or batch of items. */
export interface DistributedMap extends Pick<z.output<typeof distributedMapSchema>, Tolerated> {
  /** Label that is part of the ARNs of the state's map runs and child executions. */
  readonly label: string;
  /** Reads the items from S3. @default the items are those of the state's field `Items` */
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

/** Name of the next state; undefined at an end of the graph. */
export type Next = string | undefined;

/** A state with Retriers and Catchers: Task, Parallel or Map. */
export type RetryingState = Pick<TaskState, 'retry' | 'catch' | 'next'>;
export type Retrier = RetryingState['retry'][number];
export type Catcher = RetryingState['catch'][number];
