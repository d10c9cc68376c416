/** Public types of the client. The same types hold on the caller's side and inside a build. */
import type { AwsSession } from './aws-options.js';
import type {
  BuildOptions,
  EnvironmentVariable,
  RunRecord,
  RunStatus,
  TerminalStatus,
} from '../lib/contract/index.js';

export type * from './aws-options.js';

/** One step of a run, reported to `onProgress` when it happens. `type` is the kind of step. */
export type ProgressEvent =
  /** Packing starts. */
  | { readonly type: 'packing' }
  /**
   * Reports code that may need something that is not in the bundle. `file` (a path) and `line` (counted from 1) name
   * the place in the source, where it is known.
   */
  | {
      readonly type: 'warning';
      readonly message: string;
      readonly file?: string | undefined;
      readonly line?: number | undefined;
    }
  /** Reports what one ignore pattern left out of one folder. `sizeBytes` is the sum of the files' sizes. */
  | {
      readonly type: 'leftOut';
      readonly folder: string;
      readonly pattern: string;
      readonly files: number;
      readonly sizeBytes: number;
    }
  /**
   * Packing ended. `digest` (SHA-256, hex) depends only on the content. Once the bundle is uploaded, later runs can use
   * it as `prebuiltBundle: 's3://<seedkit's bucket>/bundles/<digest>.json'`. `sizeBytes` counts uncompressed bytes.
   */
  | {
      readonly type: 'packed';
      readonly digest: string;
      readonly files: number;
      readonly sizeBytes: number;
      readonly layers: readonly PackedLayer[];
    }
  /** The upload of a layer starts. `key` is its key in the seedkit's bucket, `sizeBytes` the size of its zip. */
  | {
      readonly type: 'uploading';
      readonly layer: string;
      readonly key: string;
      readonly sizeBytes: number;
    }
  /** A layer is in the bucket. `alreadyPresent` is true if it was there before and nothing was sent. */
  | {
      readonly type: 'uploaded';
      readonly layer: string;
      readonly key: string;
      readonly alreadyPresent: boolean;
    }
  /** The run's execution started, or the client attached to the existing run of the same id. */
  | {
      readonly type: 'submitted';
      readonly runId: string;
      readonly executionArn: string;
      readonly consoleUrl: string;
    }
  /** The run's status changed. `reason` is CodeBuild's message while it has no capacity for the build. */
  | {
      readonly type: 'status';
      readonly runId: string;
      readonly status: RunStatus;
      readonly reason?: string | undefined;
    }
  /** The build entered a phase, such as `INSTALL`. `phase` is CodeBuild's name of it. */
  | { readonly type: 'phase'; readonly runId: string; readonly phase: string }
  /** The run ended with `BundleMissing`. The client packs again and submits a new run that repeats this one. */
  | { readonly type: 'repeating'; readonly runId: string; readonly reason: string }
  /** The run ended with this status. */
  | { readonly type: 'finished'; readonly runId: string; readonly status: TerminalStatus };

/** A part of a bundle that is uploaded on its own, so that an unchanged part is not uploaded again. */
export interface PackedLayer {
  /** Name of the layer, such as `code`, `packages` or `dirs/app`. */
  readonly name: string;
  /** SHA-256 of the layer's content, in hexadecimal digits. */
  readonly digest: string;
  /** Number of files. */
  readonly files: number;
  /** Sum of the files' sizes in bytes, uncompressed. */
  readonly sizeBytes: number;
}

/** Receives progress events, in order. It must not throw. */
export type ProgressListener = (event: ProgressEvent) => void;

/**
 * Options of a run. The kit's, the function's and the call's options are merged in this order: lists are joined, maps
 * are merged by key, and a later single value replaces an earlier one.
 */
export interface RunOptions {
  /**
   * Options of the CodeBuild build: image, compute, timeouts, commands and more.
   * @default those of the seedkit's CodeBuild project
   */
  readonly build?: BuildOptions | undefined;
  /**
   * npm packages to install globally before the run: name to version, range or tag. Short for `build.packages`.
   * @default none
   */
  readonly packages?: Readonly<Record<string, string>> | undefined;
  /**
   * Requirements that pip installs into the run's virtual environment, such as `requests>=2`. Short for
   * `build.pythonModules`.
   * @default none
   */
  readonly pythonModules?: readonly string[] | undefined;
  /**
   * Python command-line tools that pipx installs. Short for `build.pipxModules`.
   * @default none
   */
  readonly pipxModules?: readonly string[] | undefined;
  /**
   * Local folders of Python code for runs of Python functions: import name to folder.
   *
   * - A project, which has a `setup.py` or a `pyproject.toml` with `[project]` or `[build-system]`, is installed by pip.
   * - A project with a `uv.lock` is installed by uv, at the versions of that file.
   * - Any other folder is put on the module path. A package is imported by the name given here. If the folder is not a
   *   package, the modules in it can be imported, too.
   * @default none
   */
  readonly localModules?: Readonly<Record<string, string>> | undefined;
  /**
   * Local requirements files of pip for runs of Python functions: name to file. They are installed first, then
   * `localModules`, then `pythonModules`.
   *
   * The bundle includes the constraints, other requirements files, local projects, wheels and folders of links that a
   * file names. Paths of projects are relative to the working folder or else to the bundle's folder, where `dirs` and
   * `files` are. A file that another file names as its constraints is not installed from.
   * @default none
   */
  readonly requirementsFiles?: Readonly<Record<string, string>> | undefined;
  /**
   * Environment variables of the build: a text, or a reference that CodeBuild resolves, such as
   * `{ value: 'my-secret:password', type: 'SECRETS_MANAGER' }`. Short for `build.environment`.
   * @default none
   */
  readonly environment?: Readonly<Record<string, string | EnvironmentVariable>> | undefined;
  /**
   * Local folders to include: name in the bundle to folder. Modes, empty folders and links inside the folder are kept.
   * A link that leads outside the folder is refused, and so is a name with a backslash, a control character or bytes
   * that are not UTF-8, unless `ignore` excludes it.
   * @default none
   */
  readonly dirs?: Readonly<Record<string, string>> | undefined;
  /**
   * Local files to include: path in the bundle to file.
   * @default none
   */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /**
   * Patterns of files to exclude from `dirs` and `localModules`. They have the syntax of `.gitignore`, are relative to
   * each folder, and the last matching pattern wins.
   *
   * They are added to built-in patterns: `node_modules`, `.git`, `cdk.out`, `codeseeder.out`, caches such as
   * `__pycache__`, `.mypy_cache` and `.turbo`, environments such as `.venv`, `.tox` and `.terraform`, and folders with
   * a `pyvenv.cfg`; in `localModules` also `build`, `dist` and `*.egg-info`. `!node_modules` includes `node_modules`,
   * and a list that starts with `!*` drops all built-in patterns. Excluded files are reported as `leftOut` progress.
   * @default only the built-in patterns
   * @see https://git-scm.com/docs/gitignore#_pattern_format
   */
  readonly ignore?: readonly string[] | undefined;
  /**
   * Whether to apply `.gitignore` files, too: those in the folders and those above them, up to the repository's root.
   * `ignore` takes precedence.
   * @default false
   */
  readonly gitignore?: boolean | undefined;
  /**
   * A bundle that is in S3 already, as `[s3://]bucket/key`. Nothing is packed, so options such as `dirs` and `files`
   * have no effect, and the bundle is never changed or deleted.
   *
   * It is a zip, or `bundles/<digest>.json`, the list of a packed bundle's layers; a `packed` event reports the digest.
   * For a function it must have been packed for the same function. Set `exportName` if the function is exported under
   * another name than its own.
   * @default none: the bundle is packed
   */
  readonly prebuiltBundle?: string | undefined;
  /**
   * Packages to include as files, with their dependencies, instead of bundling them: names as in `package.json`. Needed
   * only if packing does not detect that a package reads files of its own folder.
   * @default the packages that packing detects
   */
  readonly nodeModules?: readonly string[] | undefined;
  /**
   * Packages to bundle although packing would include them as files: names as in `package.json`.
   * @default none
   */
  readonly bundledPackages?: readonly string[] | undefined;
  /**
   * Folder that commands and functions start in, relative to the bundle's root. Short for `build.workingDirectory`.
   * @default the bundle's root
   */
  readonly workingDirectory?: string | undefined;
  /**
   * Whether to read every file again instead of reusing the digests of earlier calls.
   * @default false
   */
  readonly verify?: boolean | undefined;
  /**
   * Labels of the run, stored in its record: name to free text.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Region, endpoint and credentials. A later value replaces an earlier one as a whole.
   * @default the AWS SDK's own configuration
   */
  readonly aws?: AwsSession | undefined;
  /**
   * Receives progress events.
   * @default progress is not reported
   */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Receives each line of the build's log, without its newline, while the run is awaited.
   * @default the log is not read
   */
  readonly onLog?: ((line: string) => void) | undefined;
}

/** Options of a remote function, given when it is marked. */
export interface RemoteFunctionOptions extends RunOptions {
  /**
   * Name that the module exports the function under.
   * @default found by importing the module
   */
  readonly exportName?: string | undefined;
  /**
   * Whether esbuild minifies the bundled code.
   * @default false
   */
  readonly minify?: boolean | undefined;
}

/** Options of one call. */
export interface CallOptions extends RunOptions {
  /**
   * Id of the run: up to 80 letters, digits, underscores and hyphens. If a run with the same id and the same input
   * exists, the call attaches to it.
   * @default a new UUID version 7
   */
  readonly runId?: string | undefined;
  /**
   * Id of the failed run that this run repeats, stored in its record.
   * @default none
   */
  readonly retryOf?: string | undefined;
  /**
   * Aborts packing, uploading and waiting. A run that was started goes on.
   * @default the call is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Seedkit.again}. */
export interface AgainOptions extends LookupOptions {
  /**
   * Id of the new run. If a run with this id repeats the same run, the call attaches to it.
   * @default a new UUID version 7
   */
  readonly runId?: string | undefined;
  /**
   * Receives progress events.
   * @default progress is not reported
   */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Receives each line of the build's log, without its newline, while the run is awaited.
   * @default the log is not read
   */
  readonly onLog?: ((line: string) => void) | undefined;
  /**
   * Aborts the waiting. The run goes on.
   * @default the waiting is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** Arguments and options of a call of a Python function. */
export interface PythonCallOptions extends CallOptions {
  /**
   * Positional arguments: JSON data.
   * @default none
   */
  readonly args?: readonly unknown[] | undefined;
  /**
   * Keyword arguments by name: JSON data.
   * @default none
   */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of {@link seedkit}: defaults of every run of the kit, and whether the kit is deployed on demand. */
export interface SeedkitOptions extends RunOptions {
  /**
   * Whether to deploy the seedkit when it is first needed and not deployed yet, with the `aws` of the kit or the call.
   * Other callers in this or another process wait for the one deployment. It needs the packages that `deploySeedkit`
   * needs.
   * @default false
   */
  readonly deployIfNotExists?: boolean | undefined;
}

/**
 * Defaults of a kit, or a function that returns them. The first call that needs the defaults calls the function, and
 * concurrent calls wait for the same result. If the function fails, these calls fail, and the next call tries again.
 */
export type SeedkitDefaults = SeedkitOptions | (() => SeedkitOptions | Promise<SeedkitOptions>);

/** Options of calls that look up runs or records. */
export interface LookupOptions {
  /**
   * Region, endpoint and credentials.
   * @default the kit's `aws`
   */
  readonly aws?: AwsSession | undefined;
}

/** A function that runs in CodeBuild when it is called. */
export interface RemoteFunction<Args extends readonly unknown[], Value> {
  /**
   * Runs the function and waits for its value.
   * @throws RemoteError if the function threw inside the build
   * @throws RunFailedError if the run ended without a value for another reason
   */
  (...args: Args): Promise<Value>;
  /** Starts the function and returns a handle of the run. */
  submit(...args: Args): Promise<Run<Value>>;
  /** Returns the same function with further options for its calls. */
  with(options: CallOptions): RemoteFunction<Args, Value>;
}

/** A line of a build's log. */
export interface LogLine {
  /** When the line was written, in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** The line without its newline. */
  readonly message: string;
}

/** One event of an execution's history. */
export interface HistoryEntry {
  /** Number of the event, counted from 1. */
  readonly id: number;
  /** When the event happened, in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Step Functions' name of the event's type, such as `TaskStateEntered`. */
  readonly type: string;
  /** Name of the state that the event belongs to; absent if it belongs to none. */
  readonly state?: string | undefined;
  /** Error and cause; absent if the event reports no failure. */
  readonly failure?: string | undefined;
}

/** The result of a run that succeeded. */
export interface RunOutcome<Value = unknown> {
  /** Id of the run. */
  readonly runId: string;
  /** Status that the run ended with. */
  readonly status: TerminalStatus;
  /** Value that the function returned; `null` if it returned nothing. */
  readonly value: Value;
  /** Exported variables of the build, by name. */
  readonly exportedVariables: Readonly<Record<string, string>>;
  /** Record of the run. */
  readonly record: RunRecord;
}

/** Options of the calls that wait for the end of a run. */
export interface WaitOptions {
  /**
   * Aborts the waiting. The run goes on.
   * @default the waiting is not aborted
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Receives progress events.
   * @default the listener of the call that returned the run, if any
   */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Receives each line of the build's log, without its newline.
   * @default the listener of the call that returned the run, if any
   */
  readonly onLog?: ((line: string) => void) | undefined;
}

/**
 * A handle of a run that was started, here or elsewhere. The run does not depend on its handle.
 *
 * If this client packed the run's bundle and the run ends with `BundleMissing`, the client packs again and submits a
 * new run, once. The handle then refers to the new run.
 */
export interface Run<Value = unknown> {
  /** Id of the run. */
  readonly id: string;
  /** ARN of the Step Functions execution that drives the run. */
  readonly executionArn: string;
  /** URL of the execution in the AWS console. */
  readonly consoleUrl: string;
  /** Returns the run's current status. */
  status(): Promise<RunStatus>;
  /** Returns the run's current record, or undefined in the first moments of a run. */
  record(): Promise<RunRecord | undefined>;
  /**
   * Returns the run's whole log from its first line, in order, each line once.
   * @param options `follow`: whether to wait for further lines until the run ends, true by default; `signal`: aborts
   * the waiting
   */
  logs(options?: {
    readonly signal?: AbortSignal | undefined;
    readonly follow?: boolean | undefined;
  }): AsyncIterable<LogLine>;
  /**
   * Returns the history of the run's execution, oldest event first.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html Step Functions keeps it for 90 days
   */
  history(): Promise<HistoryEntry[]>;
  /**
   * Waits for the end of the run and returns its outcome.
   * @throws RemoteError if the target threw inside the build
   * @throws RunFailedError if the run ended without a value for another reason
   */
  outcome(options?: WaitOptions): Promise<RunOutcome<Value>>;
  /**
   * Waits for the end of the run and returns its value.
   * @throws RemoteError if the target threw inside the build
   * @throws RunFailedError if the run ended without a value for another reason
   */
  result(options?: WaitOptions): Promise<Value>;
  /**
   * Stops the run and its build. It returns when the stop is requested; `outcome()` waits for the end. The record names
   * the user and host of this process, and the reason. A run that has ended is not changed.
   */
  cancel(reason?: string): Promise<void>;
}

/** Options of `runs.list()`. */
export interface ListRunsOptions extends LookupOptions {
  /**
   * Maximum number of records.
   * @default 20
   */
  readonly limit?: number | undefined;
  /**
   * Status of the runs to list.
   * @default all
   */
  readonly status?: RunStatus | undefined;
  /**
   * Number of days to look back.
   * @default 30
   */
  readonly days?: number | undefined;
  /**
   * Aborts the listing.
   * @default the listing is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** A seedkit. Its stack is looked up by the name when a call first needs it. */
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
   * Returns a handle of an existing run, whoever started it.
   * @throws CodeseederError `RunNotFound`
   */
  attach<Value = unknown>(runId: string, options?: LookupOptions): Promise<Run<Value>>;
  /**
   * Starts a new run that repeats a run that has ended, whoever started it: the same bundle, a copy of its input, the
   * same build options and labels. The new record names the repeated run as `retryOf`. The bucket must still have the
   * bundle and the input, and Step Functions the execution, which it keeps for 90 days.
   * @throws CodeseederError `RunNotOver`, `RunNotFound`, `BundleMissing`, `InputMissing`
   */
  again<Value = unknown>(runId: string, options?: AgainOptions): Promise<Run<Value>>;
  /** Records of the seedkit's runs. */
  readonly runs: {
    /** Returns the records of the latest runs, newest first. */
    list(options?: ListRunsOptions): Promise<RunRecord[]>;
    /**
     * Returns the record of a run.
     * @throws CodeseederError `RunNotFound`
     */
    get(runId: string, options?: LookupOptions): Promise<RunRecord>;
  };
}
