import { createIntegrations } from '../../../lib/local/states/integrations/create-integrations.js';
import { stopExecution } from '../../../lib/local/states/integrations/stop-execution.js';
import type { Definition } from '../../../lib/local/states/interpreter/definition.js';
import type { HistoryEvent } from '../../../lib/local/states/interpreter/history.js';
import { StopReason } from '../../../lib/local/states/interpreter/run-machine.js';
import { TaskTokens } from '../../../lib/local/states/interpreter/task-tokens.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { synthesizedDefinition } from '../../control-plane/synthesized-definition.js';
import { simulatedClock } from '../simulated-clock.js';
import { type Ran, run } from './a-machine.js';

/**
 * Functions that replace the handlers, by the name of the state that calls them. A step that throws an Error fails.
 */
export interface Steps {
  readonly [state: string]: (
    input: Readonly<Record<string, unknown>>,
    nowMs: number,
    tokens: TaskTokens,
  ) => unknown;
}

const HOUR_MS = 3_600_000;
/** Result of a step `StopCanceled` that leaves the execution running. */
export const NOT_STOPPED = 'not stopped';
const STATE_OF_HANDLER: Readonly<Record<string, string>> = {
  'prepare-run': 'PrepareRun',
  'start-build': 'StartBuild',
  'await-lock': 'WaitForLock',
  'poll-build': 'WaitForBuild',
  'collect-outcome': 'CollectOutcome',
};

const transition = (name: string) => ({
  UpdateExpression: `SET #status = :${name}`,
  ConditionExpression: '#status = :before',
  ExpressionAttributeNames: { '#status': 'status' },
  ExpressionAttributeValues: { [`:${name}`]: { S: name } },
});

/** Returns the steps of a run that succeeds after three checks of its build. */
export function goodSteps(): Steps {
  let looks = 0;
  return {
    PrepareRun: (_input, nowMs) => ({
      item: { runId: { S: 'run-1' } },
      event: { status: 'QUEUED' },
      startBuild: { projectName: 'demo' },
      queueDeadline: new Date(nowMs + 8 * HOUR_MS).toISOString(),
    }),
    StartBuild: (_input, nowMs) => ({
      buildId: 'demo:1',
      buildStartedAt: new Date(nowMs).toISOString(),
      transition: transition('BUILDING'),
      event: { status: 'BUILDING' },
    }),
    WaitForBuild: ({ taskToken }, _nowMs, tokens) => {
      looks += 1;
      if (looks >= 3) tokens.succeed(String(taskToken), '{}');
    },
    CollectOutcome: ({ caught }) => ({
      status: caught === null ? 'SUCCEEDED' : 'FAILED',
      error: caught === null ? '' : 'BuildFailed',
      cause: caught === null ? '' : JSON.stringify(caught),
      transition: transition('ENDED'),
      event: { status: caught === null ? 'SUCCEEDED' : 'FAILED' },
      output: { runId: 'run-1', status: 'SUCCEEDED', outputKey: null, exportedVariables: {} },
    }),
  };
}

/** Runs an execution of the synthesized machine in simulated time, with some steps replaced. */
export async function runSynthesized(
  steps: Steps = {},
): Promise<Ran & { sent: unknown[]; stored: unknown[] }> {
  const all: Steps = { ...goodSteps(), ...steps };
  const clock = simulatedClock();
  const tokens = new TaskTokens();
  const sent: unknown[] = [];
  const stored: unknown[] = [];
  const take = async (state: string, input: unknown) =>
    all[state]?.(input as Record<string, unknown>, clock.now(), tokens) ?? {};
  const controller = new AbortController();
  const services = createIntegrations({
    functions: {
      invokeAsync: async () => undefined,
      async invoke(name, payload) {
        const handler = /codeseeder-demo-(.+)$/.exec(name)?.[1] ?? '';
        try {
          const answer = await take(STATE_OF_HANDLER[handler] ?? handler, JSON.parse(payload));
          return { payload: JSON.stringify(answer), requestId: 'r' };
        } catch (error) {
          if (error instanceof AwsError) throw error;
          const { name: errorType, message: errorMessage } = error as Error;
          return {
            payload: JSON.stringify({ errorType, errorMessage }),
            functionError: 'Unhandled',
            requestId: 'r',
          };
        }
      },
    },
    tables: {
      async call(_operation, input) {
        await take(stateOfWrite(input), input);
        stored.push(input);
        return {};
      },
    },
    events: {
      async send({ detail }) {
        const { status } = JSON.parse(detail) as { status: string };
        const isEnd = status !== 'QUEUED' && status !== 'BUILDING';
        await take(isEnd ? 'EmitOutcome' : `Emit${status.charAt(0)}${status.slice(1).toLowerCase()}`, detail);
        sent.push(JSON.parse(detail));
        return 'id';
      },
    },
  });
  const stop = stopExecution(() => ({
    async stop(input) {
      const { error, cause } = input as { readonly error: string; readonly cause: string };
      if ((await take('StopCanceled', input)) === NOT_STOPPED) return {};
      controller.abort(new StopReason(error, cause));
      return {};
    },
  }));
  const integrations = { ...services, ...stop };
  const options = { clock, integrations, tokens, signal: controller.signal, input: { trigger: 'EVENT' } };
  return {
    ...(await run(synthesizedDefinition(), options)),
    sent,
    stored,
  };
}

interface Write {
  readonly Item?: object;
  readonly UpdateExpression?: string;
}

function stateOfWrite({ Item, UpdateExpression = '' }: Write): string {
  if (Item !== undefined) return 'RecordQueued';
  if (UpdateExpression.includes('announcedAt')) return 'RecordAnnounced';
  return UpdateExpression.includes(':BUILDING') ? 'RecordBuilding' : 'RecordOutcome';
}

/** Returns the transitions of an execution: `A -> B` for Next, `A => B` for a Catcher. */
export function waysTaken(events: readonly HistoryEvent[]): Set<string> {
  const ways = new Set<string>();
  let from: string | undefined;
  let arrow = '->';
  for (const [index, { type = '', stateEnteredEventDetails, stateExitedEventDetails }] of events.entries()) {
    if (stateExitedEventDetails?.name !== undefined) {
      from = stateExitedEventDetails.name;
      const before = events[index - 1]?.type ?? '';
      arrow = type === 'TaskStateExited' && before !== 'TaskSucceeded' ? '=>' : '->';
    }
    if (stateEnteredEventDetails?.name !== undefined && from !== undefined) {
      ways.add(`${from} ${arrow} ${stateEnteredEventDetails.name}`);
    }
  }
  return ways;
}

/** Returns all possible transitions of a definition. */
export function waysOf({ states }: Definition): Set<string> {
  const ways = [...states.values()].flatMap((state) => [
    ...('next' in state && state.next !== undefined ? [`${state.name} -> ${state.next}`] : []),
    ...(state.type === 'Task' ? state.catch.map(({ next }) => `${state.name} => ${next}`) : []),
    ...(state.type === 'Choice' ? state.choices.map(({ next }) => `${state.name} -> ${next}`) : []),
    ...(state.type === 'Choice' ? [`${state.name} -> ${String(state.default)}`] : []),
  ]);
  return new Set(ways);
}
