import { RunFailedError } from '../errors.js';
import type { Run, WaitOptions } from '../seedkit-types.js';

/**
 * A handle on a run that is repeated once, by a new run, when it ends as `BundleMissing`: a layer expired, or was not
 * what was packed and has been deleted, between its upload and the build. Whoever waits for the run waits for the new
 * one, which the handle is about from then on.
 *
 * @param defaults what the waiting calls use that are given nothing else
 * @param repeat submits the run once more, packed again, as one that repeats the run of an id
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
      // Another call may try again, such as one whose waiting is not aborted.
      () => (repeating = undefined),
    );
    return repeating;
  };
  const outcome: Run<Value>['outcome'] = async (given) => {
    const options = { ...defaults, ...given };
    try {
      return await current.outcome(given);
    } catch (error) {
      const isMissing = error instanceof RunFailedError && error.code === 'BundleMissing';
      if (!isMissing || error.runId !== first.id) throw error;
      const run = await repeatOnce(error.message, options);
      return run.outcome(given);
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
