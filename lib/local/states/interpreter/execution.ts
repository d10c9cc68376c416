import type { Clock } from '../../clock.js';
import { checkSize, DATA_LIMIT_EXCEEDED, PAYLOAD_MAX_BYTES, StateError } from './state-error.js';
import type { Next, StateGraph } from './definition.js';
import type { ExecutionIdentity } from './execution-identity.js';
import type { Scope } from './expression.js';
import type { History } from './history.js';
import type { Integrations } from './integration.js';
import type { MapRuns } from './map-run.js';
import type { TaskTokens } from './task-tokens.js';
import { evaluateTemplate } from './template.js';

/** The services that an execution uses. */
export interface ExecutionServices {
  readonly identity: ExecutionIdentity;
  readonly clock: Clock;
  readonly integrations: Integrations;
  readonly tokens: TaskTokens;
  /** Starts map runs. @default distributed Map states fail */
  readonly mapRuns?: MapRuns | undefined;
}

/** Data of a running execution that all its states use. */
export interface Execution extends ExecutionServices {
  readonly input: unknown;
  readonly history: History;
  /** Aborts when the execution is stopped or times out. */
  readonly signal: AbortSignal;
  /** Returns a number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Resolves when all events recorded so far are stored. */
  readonly flushed: () => Promise<void>;
  /**
   * Counts a state transition against the quota. Returns the milliseconds by which the transition must be delayed.
   */
  readonly transitionDelayMs: () => number;
  /** The item of an inline Map state, if the states that run are those of its item processor. */
  readonly item?: MapItem | undefined;
  /** Runs the states of a branch or an item. Returns the output. */
  readonly walk: (execution: Execution, graph: StateGraph, input: Payload) => Promise<Payload>;
  variables: Readonly<Record<string, unknown>>;
}

/** An item of a Map state, and its index. */
export interface MapItem {
  readonly index: number;
  readonly value: unknown;
}

/** Input or output of a state, both as a value and as text. */
export interface Payload {
  readonly value: unknown;
  /** JSON text. */
  readonly text: string;
}

/** A state that was entered, with its input. */
export interface Entered {
  readonly name: string;
  readonly input: unknown;
  readonly enteredAtMs: number;
  readonly enteredEventId: number;
}

/** Values that the expressions of a field can use in addition to the state's input. */
export interface Seen {
  readonly retryCount?: number;
  readonly taskToken?: string | undefined;
  /** The current item. @default that of the execution */
  readonly item?: MapItem;
  readonly result?: unknown;
  readonly errorOutput?: unknown;
}

/**
 * Returns the values that the state's expressions can use.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export function scopeOf(execution: Execution, entered: Entered, seen: Seen = {}): Scope {
  const { identity } = execution;
  const { retryCount = 0, taskToken, item = execution.item, ...results } = seen;
  const context = {
    Execution: {
      Id: identity.executionArn,
      Input: execution.input,
      Name: identity.name,
      RoleArn: identity.roleArn,
      StartTime: new Date(identity.startedAtMs).toISOString(),
      RedriveCount: 0,
    },
    State: {
      EnteredTime: new Date(entered.enteredAtMs).toISOString(),
      Name: entered.name,
      RetryCount: retryCount,
    },
    Task: taskToken === undefined ? undefined : { Token: taskToken },
    Map: item === undefined ? undefined : { Item: { Index: item.index, Value: item.value } },
    StateMachine: { Id: identity.stateMachineArn, Name: identity.stateMachineName },
  };
  return {
    states: { input: entered.input, context, ...results },
    variables: execution.variables,
    nowMs: execution.clock.now(),
  };
}

/** Output of a state, and the variables that it assigns. */
export interface Exit {
  readonly output: unknown;
  readonly outputText: string;
  readonly assigned: Readonly<Record<string, unknown>> | undefined;
}

/** Output and variables of a state, and the name of the next state. */
export interface Step {
  readonly exit: Exit;
  readonly next: Next;
}

/**
 * Maximum size of all variables together.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
const ALL_VARIABLES_MAX_BYTES = 10 * 1024 ** 2;

/**
 * Evaluates `Assign` and `Output`. In both, variables have the values that they had when the state was entered.
 * @param location path of the object with the two fields, such as `Choices[0]/`; empty for the state itself
 * @throws StateError
 */
export async function evaluateExit(
  fields: { readonly assign?: unknown; readonly output?: unknown },
  otherwise: unknown,
  scope: Scope,
  location = '',
): Promise<Exit> {
  const assigned =
    fields.assign === undefined
      ? undefined
      : ((await evaluateTemplate(fields.assign, scope, `${location}Assign`)) as Record<string, unknown>);
  checkVariables(scope.variables, assigned);
  const output =
    fields.output === undefined
      ? otherwise
      : await evaluateTemplate(fields.output, scope, `${location}Output`);
  const outputText = checkSize(JSON.stringify(output), 'The state returned a result');
  return { output, outputText, assigned };
}

function checkVariables(
  variables: Readonly<Record<string, unknown>>,
  assigned: Readonly<Record<string, unknown>> | undefined,
): void {
  if (assigned === undefined) return;
  const refuse = (size: string) => {
    throw new StateError(DATA_LIMIT_EXCEEDED, `${size} exceeds the maximum number of bytes service limit.`);
  };
  if (Buffer.byteLength(JSON.stringify(assigned)) > PAYLOAD_MAX_BYTES)
    refuse('The size of the assigned variables');
  const all = JSON.stringify({ ...variables, ...assigned });
  if (Buffer.byteLength(all) > ALL_VARIABLES_MAX_BYTES) refuse('The size of all variables');
}
