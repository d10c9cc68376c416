import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { CodeseederError } from '../../lib/contract/index.js';
import { compileModule, type CompiledModule } from './compile-module.js';
import { describeImportError } from './describe-import-error.js';
import { importRefusingCalls } from './imported-calls.js';

/** One of the user's modules, imported into this process. */
export interface LoadedModule {
  readonly namespace: Readonly<Record<string, unknown>>;
  /** Whether Node loaded the source itself, so that importing its URL again returns the same module. */
  readonly isPlain: boolean;
}

/** Thrown if a module could not be imported into this process. */
export class ImportFailedError extends CodeseederError {
  /** Names of the packages that are imported by the module, or by the project's modules that it imports. */
  readonly packages: ReadonlySet<string>;

  constructor(message: string, packages: ReadonlySet<string>, options?: ErrorOptions) {
    super('PackFailed', message, options);
    this.packages = packages;
  }
}

export interface LoadOptions {
  /** How long importing may take, including top-level await. @default 60000 */
  readonly timeoutMs?: number;
  /** Receives the seedkit of each remote call that the module makes by itself later. Such a call starts no run. */
  readonly onLateCall?: (seedkit: string) => void;
}

/** Default time limit of an import. */
const IMPORT_TIMEOUT_MS = 60_000;

/**
 * Imports a module as the project's own code would, including TypeScript, and evaluates it once. During the import,
 * output of the module goes to standard error, and its calls of remote functions start no runs.
 *
 * @throws CodeseederError `PackFailed` for source that cannot be compiled
 * @throws ImportFailedError with the cause, if the module throws, never finishes or calls a remote function
 */
export async function loadModule(file: string, options: LoadOptions = {}): Promise<LoadedModule> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-load-'));
  // Removes the folder even if the module ends the process.
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const compiled = await compileModule(file, path.join(folder, 'module.js'));
    const place = compiled.isPlain ? file : await writeCompiled(compiled, folder);
    const namespace = await importModule(pathToFileURL(place).href, file, compiled, options);
    return { namespace, isPlain: compiled.isPlain };
  } finally {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', remove);
  }
}

async function writeCompiled({ format, text }: CompiledModule, folder: string): Promise<string> {
  const place = path.join(folder, format === 'esm' ? 'module.mjs' : 'module.cjs');
  await writeFile(place, text, { mode: 0o600 });
  // Makes errors name the lines of the source.
  process.setSourceMapsEnabled(true);
  return place;
}

type Namespace = Readonly<Record<string, unknown>>;

async function importModule(
  url: string,
  file: string,
  { packages }: CompiledModule,
  { timeoutMs = IMPORT_TIMEOUT_MS, onLateCall }: LoadOptions,
): Promise<Namespace> {
  const over = new AbortController();
  const restore = [printToStandardError(), reportExit(file)];
  const failed = (problem: string, cause?: unknown) =>
    new ImportFailedError(`${file} ${problem}`, packages, { cause });
  try {
    return await new Promise<Namespace>((resolve, reject) => {
      const refuse = (seedkit: string) => {
        if (over.signal.aborted) onLateCall?.(seedkit);
        else reject(failed(describeOwnCall(seedkit)));
      };
      importRefusingCalls(() => import(url) as Promise<Namespace>, refuse).then(resolve, reject);
      void sleep(timeoutMs, undefined, { signal: over.signal }).then(
        () => reject(failed(describeEndlessImport(timeoutMs))),
        () => undefined,
      );
    });
  } catch (cause) {
    if (cause instanceof ImportFailedError) throw cause;
    throw failed(`cannot be imported here: ${describeImportError(cause, file)}`, cause);
  } finally {
    over.abort();
    for (const undo of restore) undo();
  }
}

function describeOwnCall(seedkit: string): string {
  return `calls a remote function of the seedkit ${seedkit} while it is imported, which would start a run of its own. Move the call into another module, or make it only where the module itself is started.`;
}

function describeEndlessImport(timeoutMs: number): string {
  return `was not imported within ${timeoutMs / 1_000} seconds: something that it awaits at its top level does not end. Await it inside the function.`;
}

/** Redirects standard output, which is for results. @returns a function that restores it */
function printToStandardError(): () => void {
  const { stdout, stderr } = process;
  const before = Object.getOwnPropertyDescriptor(stdout, 'write');
  stdout.write = stderr.write.bind(stderr);
  return () => {
    if (before === undefined) Reflect.deleteProperty(stdout, 'write');
    else Object.defineProperty(stdout, 'write', before);
  };
}

/** Reports a module that ends the process, and fails the process. @returns a function that stops reporting */
function reportExit(file: string): () => void {
  const report = () => {
    process.stderr.write(`PackFailed: ${file} ended the process while it was imported.\n`);
    process.exitCode = 2;
  };
  process.once('exit', report);
  return () => void process.off('exit', report);
}
