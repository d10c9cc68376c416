/** Types of maps. A map calls a function or commands once for each of many inputs, each time in a run of its own. */
import type { CodeseederError, MapRecord, MapStatus, OnError, RunRecord } from '../lib/contract/index.js';
import type { CallOptions, LookupOptions } from './call-option-types.js';
import type { RemoteError, RunFailedError } from './errors.js';

/**
 * An input of a map: the arguments of one call as an array. A value that is not an array is the only argument, so a
 * function of one argument can be mapped over `['a', 'b']`. An argument that is itself an array needs an array around
 * it.
 */
export type MapInput<Args extends readonly unknown[]> = Args | OnlyArgument<Args>;

type OnlyArgument<Args extends readonly unknown[]> = Args extends readonly [(infer First)?, ...unknown[]]
  ? [First] extends Args
    ? Exclude<First, readonly unknown[]>
    : never
  : never;

/** Inputs of a map. They are read once, one after the other. */
export type MapInputs<Input> = Iterable<Input> | AsyncIterable<Input>;

/**
 * The order of the results of a map: `input` is the order of its inputs, `completion` the order in which its runs end.
 */
export type MapOrder = 'input' | 'completion';

/** Options of a map. Those of runs apply to each of its runs. */
export interface MapOptions extends Omit<CallOptions, 'runId' | 'retryOf' | 'onLog'> {
  /**
   * Maximum number of runs at the same time: 1 to 10,000. CodeBuild limits how many builds of a type run at the same
   * time in an account, in new accounts to as few as one. Further runs wait for capacity.
   * @default 10
   */
  readonly concurrency?: number | undefined;
  /**
   * What happens after a run that did not succeed: `continue` runs all other inputs, `stop` starts no further run. Runs
   * that have started are not stopped.
   * @default 'continue'
   */
  readonly onError?: OnError | undefined;
  /**
   * Order in which results are returned.
   * @default 'input'
   */
  readonly order?: MapOrder | undefined;
  /**
   * Name of the map, for lists: up to 100 characters.
   * @default none
   */
  readonly name?: string | undefined;
  /**
   * Receives the map's progress while its results or its end are awaited.
   * @default progress is not reported
   */
  readonly onMapProgress?: ((progress: MapProgress) => void) | undefined;
}

/** Options of calls that wait for a map or its results. */
export interface MapWaitOptions {
  /**
   * Order in which results are returned.
   * @default the order of the call that started the map, otherwise 'input'
   */
  readonly order?: MapOrder | undefined;
  /**
   * Aborts the waiting. The map continues.
   * @default the waiting is not aborted
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Receives the map's progress.
   * @default the listener of the call that started the map, if any
   */
  readonly onMapProgress?: ((progress: MapProgress) => void) | undefined;
}

/** The progress of a map. */
export interface MapProgress {
  /** Id of the map. */
  readonly mapId: string;
  /** Status of the map. */
  readonly status: MapStatus;
  /** Number of inputs. */
  readonly total: number;
  /** Number of runs that succeeded. */
  readonly succeeded: number;
  /** Number of runs that did not succeed, or could not be started. */
  readonly failed: number;
  /** Number of runs that were started and have not ended. */
  readonly running: number;
  /** Number of runs that were not started. */
  readonly waiting: number;
  /** Runs that ended per minute since the map started. */
  readonly perMinute: number;
  /**
   * Estimated seconds until the map ends, at the rate so far; undefined before the first run has ended, and after the
   * map has ended.
   */
  readonly secondsLeft: number | undefined;
}

/** The result of one input. */
export type MapResult<Value = unknown> =
  /** The run succeeded. */
  | {
      readonly index: number;
      readonly runId: string;
      readonly status: 'SUCCEEDED';
      readonly value: Value;
      readonly record: RunRecord;
    }
  /** The run ended without a value. */
  | {
      readonly index: number;
      readonly runId: string;
      readonly status: 'FAILED' | 'TIMED_OUT' | 'CANCELED';
      readonly error: RemoteError | RunFailedError;
      readonly record: RunRecord;
    }
  /** No run was started: the map was stopped or canceled before, or the run could not be started. */
  | {
      readonly index: number;
      readonly runId: string;
      readonly status: 'NOT_STARTED';
      readonly error: CodeseederError;
    };

/**
 * A handle of a map that was started, here or elsewhere. The map does not depend on its handle. Iterating over the
 * handle returns the results, as {@link RemoteMap.results} does.
 *
 * @example
 * for await (const result of await add.map([[1, 2], [3, 4]])) console.log(result.index, result.status);
 */
export interface RemoteMap<Value = unknown> extends AsyncIterable<MapResult<Value>> {
  /** Id of the map. The run of the input `i` has the id `<map id>-<i>`. */
  readonly id: string;
  /** ARN of the Step Functions execution that drives the map. */
  readonly executionArn: string;
  /** URL of the page about the map: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
  /** Number of inputs. */
  readonly total: number;
  /** Returns the record of the map; undefined until it is written, shortly after the map's start. */
  record(): Promise<MapRecord | undefined>;
  /** Returns the progress of the map. */
  progress(): Promise<MapProgress>;
  /**
   * Returns the result of each input as soon as it is known, in the chosen order. At most 25 results are in memory. A
   * map that `again` started has the indexes of the inputs in the first map.
   *
   * A run that did not succeed is a result, too. With `onError: 'stop'` its error is thrown instead, and the message
   * names the input.
   */
  results(options?: MapWaitOptions): AsyncIterable<MapResult<Value>>;
  /** Waits for the end of the map. Returns its final progress, also if runs failed. */
  wait(options?: MapWaitOptions): Promise<MapProgress>;
  /**
   * Cancels the map: starts no further run, stops the runs in progress and their builds, and returns when the map has
   * ended. A map that has ended is not changed.
   */
  cancel(reason?: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<MapProgress>;
}

/** Options of `maps.again()`. */
export interface MapAgainOptions
  extends
    LookupOptions,
    Pick<MapOptions, 'concurrency' | 'onError' | 'order' | 'name' | 'onMapProgress' | 'signal'> {}

/** Options of `maps.list()`. */
export interface ListMapsOptions extends LookupOptions {
  /**
   * Maximum number of maps.
   * @default 20
   */
  readonly limit?: number | undefined;
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

/** The maps of a seedkit. */
export interface SeedkitMaps {
  /** Returns the records of the latest maps, newest first. */
  list(options?: ListMapsOptions): Promise<MapRecord[]>;
  /**
   * Returns a handle of an existing map, whoever started it. Step Functions keeps its execution for 90 days.
   * @throws CodeseederError `MapNotFound`
   */
  attach<Value = unknown>(mapId: string, options?: LookupOptions): Promise<RemoteMap<Value>>;
  /**
   * Starts a new map over the inputs of a map that has ended whose runs did not succeed or were not started. The runs
   * have new ids. The bucket must still have the bundle and the inputs.
   * @throws CodeseederError `MapNotOver`, `MapNotFound`, `InputMissing`, `InputChanged`, `InvalidRequest` if every run
   *   succeeded
   */
  again<Value = unknown>(mapId: string, options?: MapAgainOptions): Promise<RemoteMap<Value>>;
}
