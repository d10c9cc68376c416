import {
  type AgainTargetRun,
  argumentTexts,
  CodeseederError,
  definedOnly,
  executionArnOf,
  type InvocationHead,
  isTerminal,
  MAP_INPUT_VARIABLE,
  parseRunRequest,
  requestOf,
  type RunRequest,
  type TargetStart,
} from '../../lib/contract/index.js';
import { describeExecution } from '../../lib/run-store/execution.js';
import { readInvocation } from '../../lib/run-store/files.js';
import {
  type StartClients,
  type StartedByRequest,
  startTargetRun,
} from '../../lib/run-store/start-target-run.js';
import { readRecordOfTarget, type ReadTargetRunClients } from './read-target-run.js';

export interface StartTargetAgainDependencies extends StartClients, ReadTargetRunClients {
  /** Id of the handler's invocation, used as the id of a run that has none. */
  readonly invocationId: string;
}

/**
 * Starts again the version that a run had, with the same name and labels, and the same arguments unless the request has
 * others. Only these are taken from the run: the definition is read from the target, so that a version that was removed
 * does not start.
 * @throws CodeseederError `RunNotFound`, `RunNotOver`, `InputMissing`, `InputChanged`, `PublishedTargetNotFound`,
 *   `InvalidRequest`, `RunIdConflict`
 */
export async function startTargetAgain(
  { runId: retryOf, newRunId, args, kwargs }: AgainTargetRun,
  dependencies: StartTargetAgainDependencies,
): Promise<StartedByRequest> {
  const { sfn, stateMachineArn, invocationId } = dependencies;
  const record = await readRecordOfTarget(retryOf, dependencies);
  if (record?.published === undefined) {
    throw new CodeseederError(
      'RunNotFound',
      `The seedkit ${dependencies.seedkit} has no run ${retryOf}. Check the id and the seedkit.`,
    );
  }
  if (!isTerminal(record.status)) {
    throw new CodeseederError(
      'RunNotOver',
      `The run ${retryOf} has not ended. Wait for its end, or cancel it first.`,
    );
  }
  const execution = await describeExecution(sfn, executionArnOf(stateMachineArn, retryOf));
  if (execution.status === 'MISSING') {
    throw new CodeseederError(
      'RunNotFound',
      `The run ${retryOf} has a record but no execution, which has its request: Step Functions keeps an execution for 90 days. Start the target ${record.published.name} with its arguments.`,
    );
  }
  const request = parseRunRequest(requestOf(execution));
  const { content, invocation } = await readInvocation(request.input, dependencies);
  const { name, version } = record.published;
  const start: TargetStart = {
    target: { name, version },
    ...definedOnly({ args: args ?? inputOf(request, invocation), kwargs }),
    runId: newRunId,
    name: request.name,
    labels: request.labels,
  };
  const former = invocation.kind === 'commands' ? {} : argumentTexts(content);
  const texts = definedOnly({
    args: args === undefined ? former.args : undefined,
    kwargs: kwargs === undefined ? former.kwargs : undefined,
  });
  return startTargetRun({ start, texts, trigger: 'TARGET', ownId: invocationId, retryOf }, dependencies);
}

/** Returns the argument of commands, which have theirs in a variable. */
function inputOf({ build }: RunRequest, { kind }: InvocationHead): TargetStart['args'] {
  const input = kind === 'commands' ? build.environment?.[MAP_INPUT_VARIABLE]?.value : undefined;
  return input === undefined ? undefined : [input];
}
