import type { Json, JsonObject } from '../../template/resource-provider.js';

/** A machine in the states language's JSONata mode, checked and ready to run. */
export interface Definition {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  /** Longest time an execution may take. @default the service's year */
  readonly timeoutSeconds?: number;
}

export type State = TaskState | WaitState | ChoiceState | PassState | SucceedState | FailState;

/** Where an execution goes next; nowhere when it is over. */
export type Next = string | undefined;

interface Assigning {
  readonly assign?: JsonObject;
  /** Absent: the state's result, or else its input. */
  readonly output?: Json;
}

interface Named {
  readonly name: string;
}

export interface TaskState extends Named, Assigning {
  readonly type: 'Task';
  /** Key of the integration, such as `lambda:invoke` or `aws-sdk:dynamodb:updateItem`. */
  readonly integration: string;
  readonly arguments?: Json;
  readonly timeoutSeconds?: number | string;
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly next: Next;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds?: number;
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
  readonly default?: string;
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
  readonly output?: Json;
}

export interface FailState extends Named {
  readonly type: 'Fail';
  readonly error?: string;
  readonly cause?: string;
}
