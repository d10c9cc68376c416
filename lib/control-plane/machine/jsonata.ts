/** Marks a text as a JSONata expression of the states language. */
export function jsonata(expression: string): string {
  return `{% ${expression} %}`;
}

/** Expressions of the current execution, from the context object. */
export const EXECUTION = {
  name: '$states.context.Execution.Name',
  arn: '$states.context.Execution.Id',
  input: '$states.context.Execution.Input',
  /** Converted to ISO 8601 with milliseconds, because the precision of the context object may differ. */
  startedAt: '$fromMillis($toMillis($states.context.Execution.StartTime))',
} as const;

/** Entry time of the current state, which is the same for all expressions of the state. */
export const STATE_ENTERED_AT = '$fromMillis($toMillis($states.context.State.EnteredTime))';

/** Milliseconds from the start of the execution to the entry of the current state. */
export const AGE_MS =
  '$toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime)';

/** Milliseconds from the start of the build to the entry of the current state. */
export const AGE_OF_BUILD_MS =
  '$toMillis($states.context.State.EnteredTime) - $toMillis($started.buildStartedAt)';

/** Token that ends the current state when it is returned. */
export const TASK_TOKEN = '$states.context.Task.Token';
