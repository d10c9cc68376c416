import { RunFailedError } from '../errors.js';
import type { WaitOptions } from '../call-option-types.js';
import type { Run } from '../run-types.js';

/**
 * Returns a handle that submits a new run, once, if the run ends with `BundleMissing`. The cause is a layer that
 * expired between its upload and the build, or one that differed from the packed layer and was deleted. A call that
 * waits for the run then waits for the new run, and the handle refers to the new run.
 *
 * @param defaults options of `outcome` and `result`. The options of a call take precedence.
 * @param repeat packs again and submits a new run that repeats the run with the id `retryOf`
 */
export function repeatedRun<Value>(
  first: Run<Value>,
  defaults: WaitOptions,
  repeat: (retryOf: string, options: WaitOptions) => Promise<Run<Value>>,
): Run<Value> {
  let current = first;
  let repeating: Promise<Run<Value>> | undefined;

  const repeatOnce = (reason: string, options: WaitOptions): Promise<Run<Value>> => {
    if (repeating !== undefined) return repeating;
    options.onProgress?.({ type: 'repeating', runId: first.id, reason });
    repeating = repeat(first.id, options);
    repeating.then(
      (run) => (current = run),
      // After an error, such as an aborted signal, the next call may repeat the run.
      () => (repeating = undefined),
    );
    return repeating;
  };
  const outcome: Run<Value>['outcome'] = async (callOptions) => {
    const options = { ...defaults, ...callOptions };
    try {
      return await current.outcome(callOptions);
    } catch (error) {
      const isMissing = error instanceof RunFailedError && error.code === 'BundleMissing';
      if (!isMissing || error.runId !== first.id) throw error;
      const run = await repeatOnce(error.message, options);
      return run.outcome(callOptions);
    }
  };
  return {
    get id() {
      return current.id;
    },
    get executionArn() {
      return current.executionArn;
    },
    get consoleUrl() {
      return current.consoleUrl;
    },
    status: () => current.status(),
    record: () => current.record(),
    logs: (options) => current.logs(options),
    history: () => current.history(),
    outcome,
    result: async (options) => (await outcome(options)).value,
    cancel: (reason) => current.cancel(reason),
  };
}
