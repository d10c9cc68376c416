import { remoteMarkOf } from '../../remote-mark.js';
import type { CallOptions, PythonCallOptions } from '../../call-option-types.js';
import type { Run } from '../../run-types.js';
import { parseRunOptions, type WrittenOptions } from '../../submit/parse-run-options.js';
import { mergeRunOptions } from '../../submit/run-options.js';
import { CHECK_PATH, readTextFile } from '../read-text.js';
import { openSeedkit, overrideSession } from '../open-seedkit.js';
import { unlessAborted } from '../signals.js';
import { printLine, type Terminal } from '../terminal.js';
import { findFunction } from './find-function.js';
import type { KnownSource, StartOptions } from './follow-run.js';
import { createJsonReader, parseJsonText, readArguments, type JsonReader } from './json-reader.js';
import { markedFunction } from './marked-function.js';
import { optionsOfFlags } from './option-flags.js';
import { pythonCallOptions } from './python-options.js';
import type { RunFlags } from './run-flags.js';
import type { RunTarget } from './run-target.js';

/** A run that is ready to start. */
export interface LoadedRun {
  /** Id that the user chose; if undefined, a new id is created. */
  readonly runId: string | undefined;
  readonly start: (options: StartOptions) => Promise<Run>;
  readonly known: KnownSource;
}

/**
 * Reads arguments and options, and imports the module of a function. The options of the file override those of kit and
 * function, and flags override both.
 */
export async function loadRun(target: RunTarget, flags: RunFlags, terminal: Terminal): Promise<LoadedRun> {
  const reader = createJsonReader(terminal);
  const written = await readOptions(flags, target, terminal);
  const runId = flags.runId ?? written.runId;
  if (target.kind === 'command') {
    const kit = openSeedkit(flags);
    const { minify: _, ...options } = written;
    const known = { commands: [...commandsOf(written), target.command], command: target.command };
    return {
      runId,
      known,
      start: (started) => kit.submitCommands([target.command], { ...options, ...started }),
    };
  }
  const args = await unlessAborted(readArguments(target.args, reader), terminal.interrupted);
  if (target.kind === 'function') return loadFunctionRun({ ...target, args }, written, flags, terminal);
  return loadPythonRun({ ...target, args }, written, flags, reader);
}

/** Returns the commands of the options. */
function commandsOf({ build = {} }: WrittenOptions): string[] {
  const { installCommands, preBuildCommands, preExecutionCommands, buildCommands, postBuildCommands } = build;
  return [installCommands, preBuildCommands, preExecutionCommands, buildCommands, postBuildCommands].flatMap(
    (commands) => commands ?? [],
  );
}

/** Merges the options of the file and the flags: lists are joined, maps are merged, a flag replaces a single value. */
export async function readOptions(
  flags: RunFlags,
  target: RunTarget,
  terminal: Terminal,
): Promise<WrittenOptions> {
  const ofFile = await readOptionsFile(flags.options, terminal);
  const ofFlags = optionsOfFlags(flags);
  const merged = mergeRunOptions<WrittenOptions>(ofFile, ofFlags);
  const [folder] = Object.keys(ofFlags.dirs ?? {});
  const startsInFolder = target.kind === 'command' && merged.build?.workingDirectory === undefined;
  return {
    ...merged,
    workingDirectory: startsInFolder ? folder : undefined,
    aws: merged.aws && overrideSession(merged.aws, flags),
  };
}

async function readOptionsFile(file: string | undefined, terminal: Terminal): Promise<WrittenOptions> {
  if (file === undefined) return {};
  const text = await readTextFile(file, terminal, `--options ${file}`, CHECK_PATH);
  return parseRunOptions(parseJsonText(text, `--options ${file}`), `options file ${file}`);
}

type With<Target, Kind, Args> = Omit<Extract<Target, { kind: Kind }>, 'args'> & { readonly args: Args };

async function loadFunctionRun(
  target: With<RunTarget, 'function', unknown[]>,
  { minify, ...options }: WrittenOptions,
  flags: RunFlags,
  terminal: Terminal,
): Promise<LoadedRun> {
  const { exportName, args } = target;
  const isPacked = options.prebuiltBundle === undefined;
  const onLateCall = (seedkit: string) => printLine(terminal.stderr, describeLateCall(target.file, seedkit));
  const finding = findFunction(target.file, exportName, isPacked, { onLateCall });
  const found = await unlessAborted(finding, terminal.interrupted);
  const { file } = found;
  const known = { commands: commandsOf(options) };
  const runId = flags.runId ?? options.runId;
  if (found.kind === 'remote') {
    const fn = markedFunction(found, { ...flags, file, exportName, minify });
    const ownId = remoteMarkOf(fn)?.call.runId;
    return {
      runId: runId ?? ownId,
      known,
      start: (started) => fn.with({ ...options, ...started }).submit(...args),
    };
  }
  const kit = openSeedkit(flags);
  const { warning } = found;
  const call: CallOptions & { readonly minify?: boolean | undefined } = { ...options, minify };
  return {
    runId,
    known,
    start(started) {
      if (warning !== undefined) started.onProgress({ type: 'warning', message: warning });
      return kit.submitFunction(file, exportName, args, { ...call, ...started });
    },
  };
}

function describeLateCall(file: string, seedkit: string): string {
  return `warning: ${file} calls a remote function of the seedkit ${seedkit} by itself. The call is ignored: only the requested function runs.`;
}

async function loadPythonRun(
  { target, args }: With<RunTarget, 'python', unknown[]>,
  { minify: _, ...options }: WrittenOptions,
  flags: RunFlags,
  reader: JsonReader,
): Promise<LoadedRun> {
  const kit = openSeedkit(flags);
  const ofFlags = await pythonCallOptions(flags, reader);
  const call = mergeRunOptions<PythonCallOptions>(options, ofFlags);
  return {
    runId: flags.runId ?? options.runId,
    known: { commands: commandsOf(options) },
    start: (started) => kit.submitPython(target, { ...call, args, ...started }),
  };
}
