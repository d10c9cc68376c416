import type { Entered, Execution } from './execution.js';
import { QUERY_EVALUATION_ERROR, StateError } from './state-error.js';

/**
 * Records in the history that an expression could not be evaluated.
 * @returns the error with the state's name in its cause
 */
export function recordEvaluation(execution: Execution, entered: Entered, error: unknown): unknown {
  if (!(error instanceof StateError)) return error;
  if (error.error === QUERY_EVALUATION_ERROR) {
    execution.history.record('EvaluationFailed', {
      evaluationFailedEventDetails: {
        error: error.error,
        cause: error.stateCause,
        location: error.location,
        state: entered.name,
      },
    });
  }
  const where = `An error occurred while executing the state '${entered.name}' (entered at the event id #${entered.enteredEventId}).`;
  return new StateError(error.error, `${where} ${error.stateCause ?? ''}`.trimEnd(), error.location);
}
