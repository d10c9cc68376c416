/** The object that `seedkit()` returns. */
import type { RunRecord } from '../lib/contract/index.js';
import type {
  AgainOptions,
  CallOptions,
  ListRunsOptions,
  LookupOptions,
  PythonCallOptions,
  RunFilters,
  WatchRunsOptions,
} from './call-option-types.js';
import type { Locks } from './lock-types.js';
import type { MapInputs, MapOptions, RemoteMap, SeedkitMaps } from './map-types.js';
import type { RemoteFunction, RemoteFunctionOptions } from './remote-function-types.js';
import type { Run, RunOutcome } from './run-types.js';
import type { Schedules } from './schedule-types.js';
import type {
  Publishable,
  PublishedVersion,
  PublishOptions,
  StartTargetOptions,
  Target,
  Targets,
} from './target-types.js';

/** The debug session of a run's build. */
export interface RunDebugSession {
  /** Target of Session Manager. In the local AWS, it begins with `local:`, and `codeseeder runs shell` takes it. */
  readonly target: string;
  /** Region of the build. */
  readonly region: string;
  /** Id of the CodeBuild build. */
  readonly buildId: string;
}

/** The list of runs at one moment of `runs.watch()`. */
export interface WatchedRuns {
  /** The latest runs that match the filters, newest first. */
  readonly runs: readonly RunRecord[];
  /**
   * Runs that are new in the list or whose record has changed since the moment before, oldest first. A run whose new
   * status does not match the filters is among them once, and no longer among `runs`. Empty if nothing changed.
   */
  readonly changed: readonly RunRecord[];
}

/** A client of a seedkit. The first call that needs the seedkit's stack looks it up by the name. */
export interface Seedkit {
  /** Name of the seedkit. */
  readonly name: string;
  /**
   * Marks a function for remote execution.
   *
   * @param origin `import.meta` of the module that exports it, or the module's path
   * @example
   * export const add = kit.remoteFunction(import.meta, async function add(a: number, b: number) { return a + b; });
   */
  remoteFunction<Args extends unknown[], Returned>(
    origin: ImportMeta | string,
    fn: (...args: Args) => Returned,
    options?: RemoteFunctionOptions,
  ): RemoteFunction<Args, Awaited<Returned>>;
  /**
   * Runs commands in one bash shell and waits for their end.
   * @throws RunFailedError if a command fails or the run does not succeed for another reason
   * @example
   * await kit.commands(['npm ci', 'npx cdk deploy --all'], { dirs: { app: './infra' } });
   */
  commands(commands: readonly string[], options?: CallOptions): Promise<RunOutcome<null>>;
  /** Starts commands and returns a handle of the run. */
  submitCommands(commands: readonly string[], options?: CallOptions): Promise<Run<null>>;
  /** Starts a function that a module exports, without importing the module here. `args` are JSON data. */
  submitFunction(
    file: string,
    exportName: string,
    args: readonly unknown[],
    options?: CallOptions & { readonly minify?: boolean | undefined },
  ): Promise<Run>;
  /**
   * Runs a Python function and waits for its value: JSON data, with tuples as lists. A coroutine is awaited.
   *
   * @param target `module:function`, with the module as `import` names it
   * @throws RemoteError if the function raised an exception; it has the exception's traceback
   * @throws RunFailedError if the run ended without a value for another reason
   * @example
   * await kit.python('my_pkg.deploy:network', { args: ['dev'], localModules: { my_pkg: './my_pkg' } });
   */
  python<Value = unknown>(target: string, options?: PythonCallOptions): Promise<Value>;
  /** Starts a Python function and returns a handle of the run. */
  submitPython<Value = unknown>(target: string, options?: PythonCallOptions): Promise<Run<Value>>;
  /**
   * Starts commands once for each input, each in a run of its own. The commands find their input in the variable
   * `CODESEEDER_INPUT`: a text as it is, other values as JSON.
   * @example
   * await kit.mapCommands(['./check.sh "$CODESEEDER_INPUT"'], ['eu-west-1', 'us-east-1'], { dirs: { app: '.' } });
   */
  mapCommands(
    commands: readonly string[],
    inputs: MapInputs<unknown>,
    options?: MapOptions,
  ): Promise<RemoteMap<null>>;
  /** Starts a function that a module exports once for each input, without importing the module here. */
  mapFunction(
    file: string,
    exportName: string,
    inputs: MapInputs<unknown>,
    options?: MapOptions & { readonly minify?: boolean | undefined },
  ): Promise<RemoteMap>;
  /**
   * Starts a Python function once for each input, each in a run of its own. An input that is an array is
   * the list of positional arguments. Any other input is the only argument.
   * @param target `module:function`
   */
  mapPython<Value = unknown>(
    target: string,
    inputs: MapInputs<unknown>,
    options?: MapOptions & { readonly kwargs?: Readonly<Record<string, unknown>> | undefined },
  ): Promise<RemoteMap<Value>>;
  /** Maps of the seedkit. */
  readonly maps: SeedkitMaps;
  /**
   * Packs and uploads code, and stores it with its options under a name and the next version. Others start it by the
   * name and cannot change what runs. Its layers do not expire.
   *
   * @throws CodeseederError `InvalidRequest` for a name that no target can have
   * @example
   * await kit.publish('nightly-deploy', deploy, { alias: 'prod' });
   */
  publish(name: string, what: Publishable, options?: PublishOptions): Promise<PublishedVersion>;
  /**
   * Returns a published target as a function. A call starts it with the Lambda function `start-target`, and waits
   * for its value.
   *
   * @param reference `NAME`, `NAME@VERSION` or `NAME@ALIAS`; `NAME` is the newest version
   * @example
   * await kit.target<typeof deploy>('nightly-deploy@prod')('eu-central-1');
   */
  target<Fn extends (...args: never[]) => unknown = (...args: unknown[]) => unknown>(
    reference: string,
    options?: StartTargetOptions,
  ): Target<Parameters<Fn>, Awaited<ReturnType<Fn>>>;
  /** Published targets of the seedkit. */
  readonly targets: Targets;
  /** Schedules that start published targets. */
  readonly schedules: Schedules;
  /**
   * Returns a handle of an existing run, whoever started it.
   * @throws CodeseederError `RunNotFound`
   */
  attach<Value = unknown>(runId: string, options?: LookupOptions): Promise<Run<Value>>;
  /**
   * Starts a new run that repeats a run that has ended, whoever started it: the same bundle, a copy of its input, the
   * same build options and labels. The new record names the repeated run as `retryOf`. The bucket must still have the
   * bundle and the input, and Step Functions the execution, which it keeps for 90 days. A run of a published target
   * starts the same version again, which needs the rights to start targets.
   * @throws CodeseederError `RunNotOver`, `RunNotFound`, `BundleMissing`, `InputMissing`, `InputChanged`,
   *   `PublishedTargetNotFound`, `RunIdConflict`, `ArgumentsNotJson`, `InvalidRequest`
   */
  again<Value = unknown>(runId: string, options?: AgainOptions): Promise<Run<Value>>;
  /** Locks that runs hold, and the runs that wait for them. */
  readonly locks: Locks;
  /** Records of the seedkit's runs. */
  readonly runs: {
    /**
     * Returns the records of the latest runs that match the filters, newest first. Reads an index, in which a run or a
     * change of its status appears usually within a second.
     * @throws CodeseederError `InvalidRequest` for an invalid time, `RunNotFound` if there is no run `after`
     */
    list(options?: ListRunsOptions): Promise<RunRecord[]>;
    /**
     * Iterates over the records of runs, newest first, and reads them page by page as they are needed.
     * @example
     * for await (const { runId, failure } of kit.runs.iterate({ status: 'FAILED', labels: { stage: 'prod' }, since:
     * '7d' })) {
     *   console.log(runId, failure?.message);
     * }
     */
    iterate(filters?: RunFilters): AsyncIterable<RunRecord>;
    /**
     * Lists the latest runs that match the filters, and again every two seconds with what has changed, until the caller
     * leaves the loop. Reads new runs from the index, and of the listed runs only those that have not ended. A read
     * that AWS throttles is repeated two seconds later.
     * @example
     * for await (const { changed } of kit.runs.watch({ labels: { stage: 'prod' } })) {
     *   for (const { runId, status } of changed) console.log(runId, status);
     * }
     */
    watch(options?: WatchRunsOptions): AsyncIterable<WatchedRuns>;
    /**
     * Finds the debug session of a run's build, for `aws ssm start-session --target`.
     * @throws CodeseederError `RunNotFound`; `NoDebugSession` if the run has none or has ended, or its build has not
     *   started
     */
    debugSession(runId: string, options?: LookupOptions): Promise<RunDebugSession>;
    /**
     * Returns the record of a run.
     * @throws CodeseederError `RunNotFound`
     */
    get(runId: string, options?: LookupOptions): Promise<RunRecord>;
  };
}
