import type { JsonObject } from '../../resources/resource-provider.js';
import { callIntegration, type TaskLimits } from './call-integration.js';
import type { TaskState } from './definition.js';
import { evaluateExit, type Entered, type Execution, type Exit, scopeOf, type Step } from './execution.js';
import type { Scope } from './expression.js';
import { runRetrying } from './run-retrying.js';
import { checkSize } from './state-error.js';
import { evaluateCount, evaluateField } from './template.js';

/** Runs a Task state with its retries. @throws StateError that no Catcher matches */
export function runTask(execution: Execution, state: TaskState, entered: Entered): Promise<Step> {
  return runRetrying(execution, state, entered, (retryCount) =>
    attempt(execution, state, entered, retryCount),
  );
}

async function attempt(
  execution: Execution,
  state: TaskState,
  entered: Entered,
  retryCount: number,
): Promise<Exit> {
  const waiting = execution.integrations[state.integration]?.waitsForToken
    ? execution.tokens.open()
    : undefined;
  try {
    const scope = scopeOf(execution, entered, { retryCount, taskToken: waiting?.token });
    const limits: TaskLimits = {
      timeoutSeconds: await evaluateSeconds(state.timeoutSeconds, scope, 'TimeoutSeconds'),
      heartbeatSeconds: await evaluateSeconds(state.heartbeatSeconds, scope, 'HeartbeatSeconds'),
    };
    const args = await evaluateField(state.arguments ?? {}, 'object', scope, 'Arguments');
    checkSize(JSON.stringify(args), 'The state has arguments');
    const result = await callIntegration(execution, state, args as JsonObject, limits, waiting);
    return await evaluateExit(state, result, scopeOf(execution, entered, { retryCount, result }));
  } finally {
    waiting?.close();
  }
}

async function evaluateSeconds(
  field: number | string | undefined,
  scope: Scope,
  name: string,
): Promise<number | undefined> {
  if (field === undefined) return undefined;
  return evaluateCount(field, scope, name, { min: 1, max: 99_999_999 });
}
