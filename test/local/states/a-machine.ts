import { parseDefinition } from '../../../lib/local/states/interpreter/parse-definition.js';
import type { HistoryEvent } from '../../../lib/local/states/interpreter/history.js';
import type { Integration, Integrations } from '../../../lib/local/states/interpreter/integration.js';
import {
  type ExecutionEnd,
  type MachineRun,
  runMachine,
} from '../../../lib/local/states/interpreter/run-machine.js';
import { TaskTokens } from '../../../lib/local/states/interpreter/task-tokens.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { simulatedClock } from '../simulated-clock.js';

export const IDENTITY = {
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:machine:run-1',
  name: 'run-1',
  roleArn: 'arn:aws:iam::123456789012:role/machine',
  stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:machine',
  stateMachineName: 'machine',
  region: 'eu-central-1',
};

/** Returns an integration with the named arguments. A function computes its result. */
export function anIntegration(
  call: Integration['call'],
  members: { required?: readonly string[]; optional?: readonly string[] } = {},
): Integration {
  return {
    required: members.required ?? [],
    optional: members.optional ?? ['FunctionName', 'Payload'],
    call,
  };
}

/** Returns a Task state that calls `lambda:invoke` and ends the execution. */
export function aTask(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'f' },
    ...('Next' in overrides ? {} : { End: true }),
    ...overrides,
  };
}

/** Returns the definition of a machine with JSONata states. The first one is the start state. */
export function aDefinition(
  states: Record<string, unknown>,
  overrides: Record<string, unknown> = {},
): unknown {
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: Object.keys(states)[0],
    States: states,
    ...overrides,
  };
  // Removes fields whose override is undefined, because JSON leaves out such fields.
  return JSON.parse(JSON.stringify(definition));
}

export interface Ran {
  readonly end: ExecutionEnd;
  readonly events: readonly HistoryEvent[];
  readonly types: readonly string[];
  /** Duration of the execution in simulated seconds. */
  readonly seconds: number;
}

/** Runs a definition in simulated time. */
export async function run(
  definition: unknown,
  options: Partial<
    Pick<MachineRun, 'clock' | 'signal' | 'random' | 'integrations' | 'transitionDelayMs' | 'tokens'>
  > & {
    input?: unknown;
    invoke?: Integration['call'];
  } = {},
): Promise<Ran> {
  const invoke = anIntegration(options.invoke ?? (async () => ({ Payload: 'done' })));
  const integrations: Integrations = options.integrations ?? {
    'lambda:invoke': invoke,
    'lambda:invoke.waitForTaskToken': { ...invoke, waitsForToken: true },
  };
  const clock = options.clock ?? simulatedClock();
  const events: HistoryEvent[] = [];
  const startedAtMs = clock.now();
  const end = await runMachine({
    definition: parseDefinition(definition, { integrations }),
    identity: { ...IDENTITY, startedAtMs },
    input: JSON.stringify(options.input ?? {}),
    integrations,
    tokens: options.tokens ?? new TaskTokens(),
    clock,
    signal: options.signal ?? new AbortController().signal,
    onEvent: (event) => events.push(event),
    ...(options.random && { random: options.random }),
    ...(options.transitionDelayMs && { transitionDelayMs: options.transitionDelayMs }),
  });
  return {
    end,
    events,
    types: events.map(({ type }) => String(type)),
    seconds: (clock.now() - startedAtMs) / 1_000,
  };
}

/** Returns the output of a machine with one Pass state, whose `Output` is the given one. */
export async function evaluate(output: unknown, input: unknown = {}): Promise<unknown> {
  const { end } = await run(aDefinition({ Only: { Type: 'Pass', Output: output, End: true } }), { input });
  if (end.status !== 'SUCCEEDED') throw new Error(JSON.stringify(end));
  return JSON.parse(end.output) as JsonObject;
}

/** A machine whose first state waits for an hour. */
export const endless = aDefinition({ Wait: { Type: 'Wait', Seconds: 3_600, End: true } });
