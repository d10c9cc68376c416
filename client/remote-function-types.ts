/** Types of functions that run in CodeBuild when they are called. */
import type { CallOptions } from './call-option-types.js';
import type { MapInput, MapInputs, MapOptions, RemoteMap } from './map-types.js';
import type { RunOptions } from './run-option-types.js';
import type { Run } from './run-types.js';

/** Options of a remote function, as passed to `kit.remoteFunction()`. */
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
  /**
   * Starts the function once for each input, each in a run of its own, and returns a handle of the map, which has the
   * results. All inputs are read and checked before anything is uploaded.
   *
   * @param inputs arrays of arguments; a value that is not an array is the only argument
   * @example
   * for await (const result of await add.map([[1, 2], [3, 4]], { concurrency: 2 })) console.log(result);
   */
  map(inputs: MapInputs<MapInput<Args>>, options?: MapOptions): Promise<RemoteMap<Value>>;
  /** Returns the same function with further options for its calls. */
  with(options: CallOptions): RemoteFunction<Args, Value>;
}
