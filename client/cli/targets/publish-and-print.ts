import { mergeRunOptions } from '../../submit/run-options.js';
import type { WrittenOptions } from '../../submit/parse-run-options.js';
import type { PublishedVersion, PublishOptions } from '../../target-types.js';
import { UsageError } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import { findFunction } from '../run/find-function.js';
import { createJsonReader } from '../run/json-reader.js';
import { markedFunction } from '../run/marked-function.js';
import { readOptions } from '../run/load-run.js';
import { openProgressDisplay } from '../run/progress-display.js';
import { pythonCallOptions } from '../run/python-options.js';
import type { RunTarget } from '../run/run-target.js';
import { remoteMarkOf } from '../../remote-mark.js';
import { seedkit as kitOf } from '../../seedkit.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import { printPublished } from './print-published.js';
import type { PublishFlags } from './publish-flags.js';

/** The seedkit that a target is published in, and the call that publishes it. */
interface Publisher {
  readonly seedkit: string;
  readonly publish: (options: PublishOptions) => Promise<PublishedVersion>;
  /** Number of arguments that the function needs, if it is known. */
  readonly parameters?: number | undefined;
}

/** Publishes a target and prints its version. */
export async function publishAndPrint(
  name: string,
  target: RunTarget,
  flags: PublishFlags,
  terminal: Terminal,
): Promise<void> {
  if (target.kind !== 'command' && target.args.length > 0) {
    throw new UsageError('A target is published without arguments. Give them to codeseeder start.');
  }
  const written = await readOptions(flags, target, terminal);
  const refused = (['runId', 'retryOf', 'name'] as const).find((option) => written[option] !== undefined);
  if (refused !== undefined) {
    throw new UsageError(`A version has no ${refused}: its runs get it when they start.`);
  }
  const { seedkit, publish, parameters } = await publisherOf(name, target, written, flags, terminal);
  const display = openProgressDisplay(terminal);
  const { interrupted: signal } = terminal;
  let version: PublishedVersion;
  try {
    const { onProgress } = display;
    version = await unlessAborted(publish({ alias: flags.alias, onProgress, signal }), signal);
  } finally {
    display.close();
  }
  printPublished(version, { seedkit, parameters }, flags, terminal);
}

async function publisherOf(
  name: string,
  target: RunTarget,
  { minify, runId: _, retryOf: __, ...written }: WrittenOptions,
  flags: PublishFlags,
  terminal: Terminal,
): Promise<Publisher> {
  if (target.kind === 'command') {
    const kit = openSeedkit(flags);
    return {
      seedkit: kit.name,
      publish: (own) => kit.publish(name, { commands: [target.command] }, { ...written, ...own }),
    };
  }
  if (target.kind === 'python') {
    const kit = openSeedkit(flags);
    const { kwargs: ___, ...ofFlags } = await pythonCallOptions(flags, createJsonReader(terminal));
    const call = mergeRunOptions(written, ofFlags);
    return {
      seedkit: kit.name,
      publish: (own) => kit.publish(name, { python: target.target }, { ...call, ...own }),
    };
  }
  const { exportName } = target;
  const isPacked = written.prebuiltBundle === undefined;
  const found = await unlessAborted(
    findFunction(target.file, exportName, isPacked, { onLateCall: () => undefined }),
    terminal.interrupted,
  );
  if (found.kind === 'remote') {
    const fn = markedFunction(found, { ...flags, file: found.file, exportName, minify });
    const { kit, marked } = remoteMarkOf(fn) ?? {};
    if (kit === undefined) throw new UsageError(`${exportName} is not a remote function of a seedkit.`);
    return {
      seedkit: kit.name,
      parameters: marked?.fn?.length,
      publish: (own) => kitOf(kit.name, kit.options).publish(name, fn, { ...written, ...own }),
    };
  }
  const kit = openSeedkit(flags);
  const { file, warning, parameters } = found;
  return {
    seedkit: kit.name,
    parameters,
    publish: (own) => {
      if (warning !== undefined) own.onProgress?.({ type: 'warning', message: warning });
      return kit.publish(name, { file, exportName, minify }, { ...written, ...own });
    },
  };
}
