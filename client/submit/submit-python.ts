import { parsePythonTarget } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { PythonCallOptions, Run, RunOptions } from '../seedkit-types.js';
import { mergeRunOptions } from './run-options.js';
import { checkArguments, checkKeywordArguments, submitRun } from './submit-run.js';

/**
 * Starts a Python function. Its code comes with the run's local modules and requirements; no Python is needed here.
 *
 * @param text `module:function`
 */
export async function submitPythonRun<Value>(
  text: string,
  kitOptions: RunOptions,
  { args = [], kwargs = {}, runId, retryOf, signal, ...callOptions }: PythonCallOptions,
  connection: Connection,
): Promise<Run<Value>> {
  const invocation = {
    kind: 'python' as const,
    target: parsePythonTarget(text),
    args: checkArguments(args),
    kwargs: checkKeywordArguments(kwargs),
  };
  const merged = mergeRunOptions(kitOptions, callOptions);
  return submitRun<Value>(
    {
      contents: {
        dirs: merged.dirs ?? {},
        files: merged.files ?? {},
        python: {
          localModules: merged.localModules ?? {},
          requirementsFiles: merged.requirementsFiles ?? {},
        },
        ...(signal !== undefined && { signal }),
      },
      invocation: () => invocation,
      options: {
        ...merged,
        ...(runId !== undefined && { runId }),
        ...(retryOf !== undefined && { retryOf }),
        ...(signal !== undefined && { signal }),
      },
    },
    connection,
  );
}
