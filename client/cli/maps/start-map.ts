import { mergeRunOptions } from '../../submit/run-options.js';
import type { MapInputs, MapOptions, RemoteMap } from '../../map-types.js';
import type { WrittenOptions } from '../../submit/parse-run-options.js';
import { EXIT_CODES, UsageError } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import { findFunction } from '../run/find-function.js';
import { createJsonReader } from '../run/json-reader.js';
import { markedFunction } from '../run/marked-function.js';
import { readOptions } from '../run/load-run.js';
import { openProgressDisplay } from '../run/progress-display.js';
import { pythonCallOptions } from '../run/python-options.js';
import type { RunTarget } from '../run/run-target.js';
import { unlessAborted } from '../signals.js';
import { printResult, type Terminal } from '../terminal.js';
import { describeMap, followResults } from './follow-map.js';
import type { MapFlags } from './map-flags.js';
import { readInputs } from './read-inputs.js';

type Start = (inputs: MapInputs<unknown>, options: MapOptions) => Promise<RemoteMap>;

/**
 * Starts a map and prints its results, unless `--detach` is given.
 * @returns the exit code
 */
export async function startMap(
  target: RunTarget,
  file: string,
  flags: MapFlags,
  terminal: Terminal,
): Promise<number> {
  const written = await readOptions(flags, target, terminal);
  if (written.runId !== undefined || written.retryOf !== undefined) {
    throw new UsageError('A map has no runId and no retryOf: the runs of a map get ids of their own.');
  }
  const start = await starterOf(target, written, flags, terminal);
  const { concurrency, onError, name, order } = flags;
  const display = openProgressDisplay(terminal);
  const { interrupted: signal } = terminal;
  const { onProgress } = display;
  let map: RemoteMap;
  try {
    const options = { concurrency, onError, name, order, onProgress, signal };
    map = await unlessAborted(start(readInputs(file, terminal), options), signal);
  } finally {
    display.close();
  }
  if (flags.detach === true) {
    printResult<'map'>(terminal, flags.json === true, describeMap(map), () => [map.id]);
    return EXIT_CODES.passed;
  }
  return followResults(map, { order, repeated: flags.repeated }, terminal);
}

async function starterOf(
  target: RunTarget,
  { minify, runId: _, retryOf: __, ...written }: WrittenOptions,
  flags: MapFlags,
  terminal: Terminal,
): Promise<Start> {
  if (target.kind === 'command') {
    const kit = openSeedkit(flags);
    return (inputs, own) => kit.mapCommands([target.command], inputs, { ...written, ...own });
  }
  if (target.kind === 'python') {
    const kit = openSeedkit(flags);
    const { kwargs, ...ofFlags } = await pythonCallOptions(flags, createJsonReader(terminal));
    const call = mergeRunOptions(written, ofFlags);
    return (inputs, own) => kit.mapPython(target.target, inputs, { ...call, kwargs, ...own });
  }
  const { exportName } = target;
  const isPacked = written.prebuiltBundle === undefined;
  const found = await unlessAborted(
    findFunction(target.file, exportName, isPacked, { onLateCall: () => undefined }),
    terminal.interrupted,
  );
  if (found.kind === 'remote') {
    const fn = markedFunction(found, { ...flags, file: found.file, exportName, minify });
    return (inputs, own) => fn.with(written).map(inputs as MapInputs<unknown[]>, own);
  }
  const kit = openSeedkit(flags);
  const { file, warning } = found;
  return (inputs, own) => {
    if (warning !== undefined) own.onProgress?.({ type: 'warning', message: warning });
    return kit.mapFunction(file, exportName, inputs, { ...written, minify, ...own });
  };
}
