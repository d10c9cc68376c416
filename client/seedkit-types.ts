/** The client's public shapes: what `seedkit()` gives, on your side and inside a build. */
import type { AwsSession } from './aws-options.js';
import type {
  BuildOptions,
  EnvironmentVariable,
  RunRecord,
  RunStatus,
  TerminalStatus,
} from '../lib/contract/index.js';

export type * from './aws-options.js';

/** What happens on a run's way, told as it happens. */
export type ProgressEvent =
  | { readonly type: 'packing' }
  /** Something that may not be in the bundle although the code needs it. `file` and `line` name the place in the code. */
  | {
      readonly type: 'warning';
      readonly message: string;
      readonly file?: string;
      readonly line?: number;
    }
  /** What a pattern left out of a folder. */
  | {
      readonly type: 'leftOut';
      readonly folder: string;
      readonly pattern: string;
      readonly files: number;
      readonly sizeBytes: number;
    }
  /**
   * The bundle is known. `digest` depends on its content alone; once uploaded, the whole bundle can be given as
   * `prebuiltBundle: 's3://<seedkit's bucket>/bundles/<digest>.json'`. Sizes are those of the files, not compressed.
   */
  | {
      readonly type: 'packed';
      readonly digest: string;
      readonly files: number;
      readonly sizeBytes: number;
      readonly layers: readonly PackedLayer[];
    }
  /** A layer is being sent. `sizeBytes` is the size of its zip. */
  | {
      readonly type: 'uploading';
      readonly layer: string;
      readonly key: string;
      readonly sizeBytes: number;
    }
  /** `alreadyPresent`: the same content was there, nothing was sent. */
  | {
      readonly type: 'uploaded';
      readonly layer: string;
      readonly key: string;
      readonly alreadyPresent: boolean;
    }
  | {
      readonly type: 'submitted';
      readonly runId: string;
      readonly executionArn: string;
      readonly consoleUrl: string;
    }
  /** `reason`: what CodeBuild said while it had no room for the run's build. */
  | {
      readonly type: 'status';
      readonly runId: string;
      readonly status: RunStatus;
      readonly reason?: string;
    }
  /** `phase` as CodeBuild names it. */
  | { readonly type: 'phase'; readonly runId: string; readonly phase: string }
  /** The run ended as `BundleMissing`: its bundle is packed again, and a new run that repeats this one is submitted. */
  | { readonly type: 'repeating'; readonly runId: string; readonly reason: string }
  | { readonly type: 'finished'; readonly runId: string; readonly status: TerminalStatus };

/** A part of a bundle that is uploaded on its own. */
export interface PackedLayer {
  /** Such as `code`, `packages` or `dirs/app`. */
  readonly name: string;
  readonly digest: string;
  readonly files: number;
  readonly sizeBytes: number;
}

/** Takes progress; must not throw. */
export type ProgressListener = (event: ProgressEvent) => void;

/** How a run is made; merged from the kit's, the function's and the call's. */
export interface RunOptions {
  /** Lists add (the kit's first), maps merge and single values are replaced by the nearer one. */
  readonly build?: BuildOptions;
  /** npm packages installed globally before the run: short for `build.packages`. */
  readonly packages?: Readonly<Record<string, string>>;
  /** What pip installs into the run's virtual environment: short for `build.pythonModules`. */
  readonly pythonModules?: readonly string[];
  /** Python tools that pipx installs: short for `build.pipxModules`. */
  readonly pipxModules?: readonly string[];
  /**
   * Folders of Python code for runs of Python functions: name -> folder here. A project, which has a `setup.py` or a
   * `pyproject.toml` with `[project]` or `[build-system]`, is installed by pip; one with a `uv.lock` by uv, at the
   * versions of that file. Another is put on the module path as it is: a package is imported by the name it is given
   * here, and of a folder that is no package the modules in it too.
   */
  readonly localModules?: Readonly<Record<string, string>>;
  /**
   * Requirements files of pip for runs of Python functions: name -> file here. Constraints, other requirements files,
   * local projects, wheels and folders of links that they name are included, by the paths that work here: those of
   * projects count from the working folder, or else from the bundle's folder, where `dirs` and `files` are. They are
   * installed before `localModules`, and these before `pythonModules`. A file that another one names as its
   * constraints is not installed from.
   */
  readonly requirementsFiles?: Readonly<Record<string, string>>;
  /**
   * Variables of the build: text, or a reference that CodeBuild resolves, such as
   * `{ value: 'my-secret:password', type: 'SECRETS_MANAGER' }`. Short for `build.environment`.
   */
  readonly environment?: Readonly<Record<string, string | EnvironmentVariable>>;
  /**
   * Folders to take along: name in the bundle -> folder here. Links that lead inside the folder stay links, empty
   * folders and modes are kept; a link that leads outside, and a name with a backslash, a control character or bytes
   * that are not UTF-8, is refused unless `ignore` leaves it out.
   */
  readonly dirs?: Readonly<Record<string, string>>;
  /** Files to take along: path in the bundle -> file here. */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * What to leave out of `dirs` and `localModules`: patterns as in a `.gitignore` file, relative to each folder, the
   * last that matches wins. They come after the patterns that always hold: `node_modules`, `.git`, `cdk.out`,
   * `codeseeder.out`, caches such as `__pycache__`, `.mypy_cache` and `.turbo`, environments such as `.venv`, `.tox`
   * and `.terraform`, and folders with a `pyvenv.cfg`; in `localModules` also `build`, `dist` and `*.egg-info`.
   * `!node_modules` takes `node_modules` along after all, and a list that starts with `!*` takes everything but what
   * follows. What was left out is reported as `leftOut` progress.
   */
  readonly ignore?: readonly string[];
  /**
   * Whether `.gitignore` files are honoured too: those in the folders, and those above them up to the repository's
   * own folder. `ignore` has the last word.
   * @default false
   */
  readonly gitignore?: boolean;
  /**
   * A bundle that is in S3 already, `[s3://]bucket/key`, taken as it is: nothing is packed, so `dirs`, `files` and
   * the like have no effect. It is a zip, or the list of a packed bundle's layers, `bundles/<digest>.json`, whose
   * digest a `packed` event gives. It is never changed or deleted. For a function it is a bundle that was packed for
   * that function. Give the function's `exportName` where it is exported under another name than its own.
   */
  readonly prebuiltBundle?: string;
  /**
   * Packages to take along as files, with their dependencies, instead of bundling them: names as in `package.json`.
   * Needed only where packing does not see by itself that a package reads files beside itself.
   */
  readonly nodeModules?: readonly string[];
  /** Packages to bundle although packing would take them along as files: names as in `package.json`. */
  readonly bundledPackages?: readonly string[];
  /**
   * Folder that commands and functions start in, relative to the bundle's root: short for `build.workingDirectory`.
   * @default the bundle's root
   */
  readonly workingDirectory?: string;
  /** Whether to read every file again instead of trusting the digests kept from earlier calls. @default false */
  readonly verify?: boolean;
  /** Free text to find runs by. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Where to find AWS, and as whom; the nearer one replaces the other whole.
   * @default what the AWS SDK finds by itself
   */
  readonly aws?: AwsSession;
  readonly onProgress?: ProgressListener;
  /** Called with each line of the log while the run is awaited, without its newline. */
  readonly onLog?: (line: string) => void;
}

/** Options of a remote function. */
export interface RemoteFunctionOptions extends RunOptions {
  /** Name the function is exported under, where it cannot be found out. */
  readonly exportName?: string;
  /** @default false */
  readonly minify?: boolean;
}

/** Options of one call. */
export interface CallOptions extends RunOptions {
  /** Id to give the run; the same id and input attach to the run that exists. @default a new UUID version 7 */
  readonly runId?: string;
  /** The failed run that this one repeats. */
  readonly retryOf?: string;
  /** Ends the packing and uploading, or the waiting, not the run. */
  readonly signal?: AbortSignal;
}

/** How a run is run again. */
export interface AgainOptions extends LookupOptions {
  /** Id to give the new run; the same id of the same run attaches to the run that exists. @default a new UUID version 7 */
  readonly runId?: string;
  readonly onProgress?: ProgressListener;
  /** Called with each line of the log while the run is awaited, without its newline. */
  readonly onLog?: (line: string) => void;
  /** Ends the waiting, not the run. */
  readonly signal?: AbortSignal;
}

/** The arguments and options of a call of a Python function. */
export interface PythonCallOptions extends CallOptions {
  /** Positional arguments: JSON data. */
  readonly args?: readonly unknown[];
  /** Keyword arguments: JSON data. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** Defaults of every run of a kit, and what becomes of a kit that is not deployed. */
export interface SeedkitOptions extends RunOptions {
  /**
   * Deploys a seedkit that is not deployed when it is first needed, with `aws` of the kit or the call. Whoever else
   * needs it meanwhile, in this process or another, waits for that one deployment. Needs the packages that
   * `deploySeedkit` needs.
   * @default false
   */
  readonly deployIfNotExists?: boolean;
}

/**
 * A kit's defaults, or a function that gives them: called once, by the first call that needs them. Calls made
 * meanwhile wait for it; when it fails they fail with it, and the next call asks again.
 */
export type SeedkitDefaults = SeedkitOptions | (() => SeedkitOptions | Promise<SeedkitOptions>);

/** Where a run or a record is looked for. */
export interface LookupOptions {
  /** @default the kit's */
  readonly aws?: AwsSession;
}

/** A function that runs in CodeBuild when it is called. */
export interface RemoteFunction<Args extends readonly unknown[], Value> {
  /**
   * Runs it and waits for its value.
   * @throws RemoteError what it threw there
   * @throws RunFailedError when it came to no value for another reason
   */
  (...args: Args): Promise<Value>;
  /** Starts it and returns at once. */
  submit(...args: Args): Promise<Run<Value>>;
  /** The same function with options of its own for the calls that follow. */
  with(options: CallOptions): RemoteFunction<Args, Value>;
}

export interface LogLine {
  /** When CodeBuild took it, milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Without its newline. */
  readonly message: string;
}

/** One event of an execution's history. */
export interface HistoryEntry {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
  /** As Step Functions names it, such as `TaskStateEntered`. */
  readonly type: string;
  /** The state it happened in. */
  readonly state?: string;
  /** Error and cause, where it tells of one. */
  readonly failure?: string;
}

/** How a run ended. */
export interface RunOutcome<Value = unknown> {
  readonly runId: string;
  readonly status: TerminalStatus;
  /** What the target returned; `null` where it returned nothing. */
  readonly value: Value;
  readonly exportedVariables: Readonly<Record<string, string>>;
  readonly record: RunRecord;
}

export interface WaitOptions {
  /** Ends the waiting, not the run. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  readonly onLog?: (line: string) => void;
}

/**
 * A run that was started, here or elsewhere. It goes on without its handle. A handle on a run whose bundle was packed
 * here becomes that of another run once, when its end as `BundleMissing` made the client repeat it.
 */
export interface Run<Value = unknown> {
  readonly id: string;
  readonly executionArn: string;
  /** The execution in the AWS console. */
  readonly consoleUrl: string;
  /** Where the run is now. */
  status(): Promise<RunStatus>;
  /** Its record as it is now; undefined in the first moments of a run. */
  record(): Promise<RunRecord | undefined>;
  /** Its log from the first line on: complete, in order, each line once. Ends when the run is over. */
  logs(options?: { readonly signal?: AbortSignal; readonly follow?: boolean }): AsyncIterable<LogLine>;
  /** What its execution did, oldest first. Step Functions keeps it for 90 days. */
  history(): Promise<HistoryEntry[]>;
  /**
   * Waits for its end.
   * @throws RemoteError, RunFailedError
   */
  outcome(options?: WaitOptions): Promise<RunOutcome<Value>>;
  /**
   * Waits for its value.
   * @throws RemoteError, RunFailedError
   */
  result(options?: WaitOptions): Promise<Value>;
  /**
   * Stops it and its build; returns when the stop is ordered, and `outcome()` waits for the end. The record will say
   * who and why: the user and host of this process. A run that is over stays as it is.
   */
  cancel(reason?: string): Promise<void>;
}

export interface ListRunsOptions extends LookupOptions {
  /** How many at most. @default 20 */
  readonly limit?: number;
  readonly status?: RunStatus;
  /** How many days to look back. @default 30 */
  readonly days?: number;
  readonly signal?: AbortSignal;
}

/** One seedkit, found by its name when it is first needed. */
export interface Seedkit {
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
  /** Runs commands of one bash shell and waits for their end. @throws RunFailedError */
  commands(commands: readonly string[], options?: CallOptions): Promise<RunOutcome<null>>;
  /** Starts commands and returns at once. */
  submitCommands(commands: readonly string[], options?: CallOptions): Promise<Run<null>>;
  /** Starts a module's exported function without importing the module here. */
  submitFunction(
    file: string,
    exportName: string,
    args: readonly unknown[],
    options?: CallOptions & { readonly minify?: boolean },
  ): Promise<Run>;
  /**
   * Runs a Python function and waits for its value: JSON data, tuples as lists. A coroutine is run to its end.
   *
   * @param target `module:function`, the module as `import` names it
   * @throws RemoteError what it raised there, with its traceback
   * @throws RunFailedError when it came to no value for another reason
   * @example
   * await kit.python('my_pkg.deploy:network', { args: ['dev'], localModules: { my_pkg: './my_pkg' } });
   */
  python<Value = unknown>(target: string, options?: PythonCallOptions): Promise<Value>;
  /** Starts a Python function and returns at once. */
  submitPython<Value = unknown>(target: string, options?: PythonCallOptions): Promise<Run<Value>>;
  /** A handle on a run that exists, started anywhere. @throws CodeseederError `RunNotFound` */
  attach<Value = unknown>(runId: string, options?: LookupOptions): Promise<Run<Value>>;
  /**
   * Starts a new run of what a run did that is over, whoever started it: the same bundle, a copy of its input, the
   * same build and labels. Its record names the other by `retryOf`. Works as long as the bucket has bundle and input,
   * and Step Functions the execution, 90 days.
   * @throws CodeseederError `RunNotOver`, `RunNotFound`, `BundleMissing`, `InputMissing`
   */
  again<Value = unknown>(runId: string, options?: AgainOptions): Promise<Run<Value>>;
  readonly runs: {
    /** Newest first. */
    list(options?: ListRunsOptions): Promise<RunRecord[]>;
    /** @throws CodeseederError `RunNotFound` */
    get(runId: string, options?: LookupOptions): Promise<RunRecord>;
  };
}
