/** Wraps an expression the way the states language marks JSONata. */
export function jsonata(expression: string): string {
  return `{% ${expression} %}`;
}

/** Facts of the running execution, from the context object. */
export const EXECUTION = {
  name: '$states.context.Execution.Name',
  arn: '$states.context.Execution.Id',
  input: '$states.context.Execution.Input',
  /** Brought to ISO 8601 with milliseconds, whatever precision the service gives. */
  startedAt: '$fromMillis($toMillis($states.context.Execution.StartTime))',
} as const;

/** When the current state was entered: the same instant for every expression of the state. */
export const STATE_ENTERED_AT = '$fromMillis($toMillis($states.context.State.EnteredTime))';

/** Milliseconds from the start of the execution to the entry into the current state. */
export const AGE_MS =
  '$toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime)';
