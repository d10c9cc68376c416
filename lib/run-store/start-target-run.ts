/** Starts the runs of published targets, and of other requests that do not come from a client. */
import {
  CodeseederError,
  CONTRACT_VERSION,
  findVersion,
  parseRunRequest,
  parseWith,
  pendingInput,
  type RequestedVersion,
  refuseRoundedIntegers,
  runIdSchema,
  type RunInput,
  type RunRequest,
  type TargetStart,
  type Trigger,
} from '../contract/index.js';
import type { S3Bucket } from '../s3-objects.js';
import { type RunMachine, startExecution } from './execution.js';
import { putInput } from './files.js';
import { putTrigger } from './put-trigger.js';
import { type ArgumentTexts, composeInvocation } from './target-invocation.js';
import { readDefinition, readTarget } from './targets.js';

/** The seedkit whose runs are started: its name, bucket and state machine, with the clients to use them. */
export interface StartClients extends S3Bucket, RunMachine {
  readonly seedkit: string;
}

/** A run that was started. */
export interface StartedByRequest {
  readonly runId: string;
  readonly executionArn: string;
}

/** How a start of a target was requested. */
export interface RequestedTarget {
  readonly start: TargetStart;
  /** Arguments that `start` does not have as values. @default none */
  readonly texts?: ArgumentTexts;
  readonly trigger: Trigger;
  /** Id of the run when the request names none. */
  readonly ownId: string;
  /** Id of the run that this run repeats. */
  readonly retryOf?: string;
}

/**
 * Starts a version of a target. Repeating the call with the same run id attaches to the run.
 * @throws CodeseederError `PublishedTargetNotFound`, `InvalidRequest`, `InputChanged`, `RunIdConflict`
 */
export async function startTargetRun(
  { start, texts = {}, trigger, ownId, retryOf }: RequestedTarget,
  clients: StartClients,
): Promise<StartedByRequest> {
  const { name } = start.target;
  refuseRoundedIntegers(start.args, 'args');
  refuseRoundedIntegers(start.kwargs, 'kwargs');
  refuseOtherSeedkit(start.seedkit, clients.seedkit);
  const target = await readTarget(name, clients.seedkit, clients);
  const version = findVersion(target, start.target);
  const definition = await readDefinition(name, version, clients);
  const { content, environment } = composeInvocation(definition.invocation, start, texts);
  const build = {
    ...definition.build,
    environment: { ...definition.build.environment, ...environment },
  };
  const published: RequestedVersion = {
    name,
    version: version.version,
    publication: definition.publication,
  };
  return startWith(
    {
      ...requestedRunOf({ ownId, trigger, ...start }, clients.seedkit),
      bundle: definition.bundle,
      build,
      labels: labelsOf(definition.labels, start.labels),
      lock: definition.lock,
      lockMode: definition.lockMode,
      cache: definition.cache,
      installsDigest: definition.installsDigest,
      published,
      retryOf,
    },
    (runId) => putInput(runId, content, clients),
    clients,
  );
}

/** Returns the members of a request that every start has. */
export function requestedRunOf(
  {
    runId = undefined,
    ownId,
    trigger,
    name,
  }: Pick<RequestedTarget, 'ownId' | 'trigger'> & Pick<TargetStart, 'runId' | 'name'>,
  seedkit: string,
): RunRequest {
  const id = parseWith(runIdSchema, runId ?? ownId, `run id ${JSON.stringify(runId ?? ownId)}`);
  return {
    version: CONTRACT_VERSION,
    runId: id,
    seedkit,
    input: pendingInput(id),
    build: {},
    trigger,
    name,
  };
}

/** Refuses a request that names another seedkit. @throws CodeseederError `InvalidRequest` */
export function refuseOtherSeedkit(named: string | undefined, seedkit: string): void {
  if (named === undefined || named === seedkit) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The request names the seedkit ${named}, but it was sent to ${seedkit}: send it to the bus or bucket of ${named}.`,
  );
}

/**
 * Checks a request, stores the run's input and the note of its trigger, and starts the execution. The request is
 * checked before anything is stored.
 */
export async function startWith(
  draft: RunRequest,
  storeInput: (runId: string) => Promise<RunInput>,
  clients: S3Bucket & RunMachine,
): Promise<StartedByRequest> {
  const { runId } = parseRunRequest(draft);
  const input = await storeInput(runId);
  const request = parseRunRequest({ ...draft, input });
  await putTrigger(request, clients);
  const executionArn = await startExecution(request, clients);
  return { runId, executionArn };
}

function labelsOf(...all: readonly (RunRequest['labels'] | undefined)[]): RunRequest['labels'] {
  const labels = Object.assign({}, ...all) as Record<string, string>;
  return Object.keys(labels).length === 0 ? undefined : labels;
}
