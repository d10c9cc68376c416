import { definedOnly, parsePythonTarget } from '../../lib/contract/index.js';
import type { KitAccess } from '../kit-access.js';
import type { PythonCallOptions } from '../call-option-types.js';
import type { Run } from '../run-types.js';
import { planRun } from './plan-run.js';
import { refuseMissingFunction } from './refuse-missing-function.js';
import { refuseWrongArguments } from './refuse-wrong-arguments.js';
import { checkArguments, checkKeywordArguments, submitRun } from './submit-run.js';

/**
 * Starts a Python function. Its bundle has the local modules and requirements of the run. The client needs no Python.
 *
 * @param text `module:function`
 */
export async function submitPythonRun<Value>(
  text: string,
  { args = [], kwargs = {}, ...call }: PythonCallOptions,
  kit: KitAccess,
): Promise<Run<Value>> {
  const invocation = {
    kind: 'python' as const,
    target: parsePythonTarget(text),
    args: checkArguments(args),
    kwargs: checkKeywordArguments(kwargs),
  };
  const { options, contents, connection } = await planRun(kit, call);
  const { localModules = {}, requirementsFiles = {}, build } = options;
  const installer = build?.pythonInstaller;
  await refuseMissingFunction(invocation.target, options);
  await refuseWrongArguments(invocation, options);
  return submitRun<Value>(
    {
      contents: {
        ...contents,
        python: definedOnly({ localModules, requirementsFiles, installer }),
      },
      invocation: () => invocation,
      options,
    },
    connection,
  );
}
