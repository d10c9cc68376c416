/** Published targets of a seedkit: code that others start by its name. */
import type { TargetState, TargetVersion } from '../lib/contract/index.js';
import type { LookupOptions, PythonCallOptions } from './call-option-types.js';
import type { ProgressListener } from './progress-types.js';
import type { RemoteFunction } from './remote-function-types.js';
import type { RunOptions } from './run-option-types.js';
import type { Run } from './run-types.js';

/** What to publish: a remote function, a function that a module exports, a Python function, or commands. */
export type Publishable =
  | RemoteFunction<never[], unknown>
  | { readonly file: string; readonly exportName: string; readonly minify?: boolean | undefined }
  | { readonly python: string }
  | { readonly commands: readonly string[] };

/** Options of `publish()`: those of a run, which every run of the version has. */
export interface PublishOptions extends RunOptions, Pick<PythonCallOptions, 'signal'> {
  /**
   * Alias that names the new version from now on.
   * @default no alias changes
   */
  readonly alias?: string | undefined;
}

/** A version that was published. */
export interface PublishedVersion extends TargetVersion {
  /** Name of the target. */
  readonly name: string;
}

/** Options of a start of a target. */
export interface StartTargetOptions extends LookupOptions {
  /**
   * Keyword arguments of a Python function.
   * @default none
   */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Id of the run. If a run of the target with the same id and arguments exists, the call attaches to it.
   * @default a new UUID version 7
   */
  readonly runId?: string | undefined;
  /**
   * Name of the run, shown in lists in place of what it runs.
   * @default none
   */
  readonly name?: string | undefined;
  /**
   * Labels of the run, beside those that were published.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
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
   * Aborts the waiting. The run continues.
   * @default the waiting is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** A published target as a function: a call starts it and waits for its value. */
export interface Target<Args extends unknown[] = unknown[], Value = unknown> {
  /** Starts the target and waits for the value of its function. */
  (...args: Args): Promise<Value>;
  /** Starts the target and returns a handle of the run. */
  submit(...args: Args): Promise<Run<Value>>;
  /** Returns the same target with options for its starts. */
  with(options: StartTargetOptions): Target<Args, Value>;
}

/** The published targets of a seedkit. */
export interface Targets {
  /** Returns all targets with their versions and aliases, by name. */
  list(options?: LookupOptions): Promise<TargetState[]>;
  /** Returns a target. @throws CodeseederError `PublishedTargetNotFound` */
  show(name: string, options?: LookupOptions): Promise<TargetState>;
  /**
   * Points an alias to a version: `promote('nightly-deploy@3', 'prod')`. Without a version, the newest one is meant.
   * @throws CodeseederError `PublishedTargetNotFound`
   */
  promote(reference: string, alias: string, options?: LookupOptions): Promise<TargetState>;
  /**
   * Removes a version with its layers (`NAME@3`), an alias (`NAME@prod`), or a whole target (`NAME`). A run that has
   * started continues if its build has already read the layers.
   * @throws CodeseederError `PublishedTargetNotFound`; `InvalidRequest` for a version that an alias names;
   *   `TargetScheduled` if schedules start it
   */
  remove(reference: string, options?: LookupOptions): Promise<TargetState>;
  /**
   * Starts the version again that a run had, with the same arguments, name and labels. Like `attach`, it needs the
   * rights to start targets, and not those to read all runs.
   * @throws CodeseederError `RunNotFound`, `RunNotOver`; `PublishedTargetNotFound` if the version was removed
   */
  again<Value = unknown>(runId: string, options?: LookupOptions): Promise<Run<Value>>;
  /** Returns a handle of a run of a target. It needs the rights to start targets, and not those to read all runs. */
  attach<Value = unknown>(runId: string, options?: LookupOptions): Promise<Run<Value>>;
}
