import { BUNDLE_PATHS, type BundleManifest } from '../../lib/contract/index.js';
import { collectFiles } from './collect-files.js';
import { collectPython, type PythonContents } from './collect-python.js';
import { composeLayers } from './compose-layers.js';
import type { IgnoreRules } from './folder-filter.js';
import { digestLayer } from './layer/digest-layer.js';
import type { FileEntry, Layer } from './layer/layer.js';
import type { LeftOut } from './layer/left-out.js';
import { bundleModules, type ModuleToBundle } from './modules/bundle-modules.js';
import type { PackWarning } from './modules/beside-files.js';
import type { PackageOptions } from './modules/kept-packages.js';
import { readRunner } from './read-runner.js';

/** What goes into a bundle. */
export interface BundleContents extends IgnoreRules, PackageOptions {
  readonly modules?: readonly ModuleToBundle[];
  readonly dirs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Set for the run of a Python function. */
  readonly python?: PythonContents;
  /** @default false */
  readonly minify?: boolean;
  /** Whether to read every file again instead of trusting digests that were kept. @default false */
  readonly verify?: boolean;
  /** Called with each thing that the code may need and that cannot be known. */
  readonly onWarning?: (warning: PackWarning) => void;
  readonly signal?: AbortSignal;
}

/** A bundle whose content is known, and of which nothing is zipped yet. */
export interface PackedBundle {
  /** The first one has the code. */
  readonly layers: readonly Layer[];
  /** Module name to the names it exports; undefined for a module whose names are known only when it runs. */
  readonly exports: Readonly<Record<string, readonly string[] | undefined>>;
  /** Commands that the build runs before anything else is installed. */
  readonly installCommands: readonly string[];
  /** What was left out of folders. Counted meanwhile, in another thread. */
  readonly leftOut: Promise<readonly LeftOut[]>;
}

/**
 * Finds out what a run takes along and makes layers of it: the bundled modules or Python code with runner and
 * manifest, the packages kept as files, and the user's folders and files. The same contents give the same layers on
 * every machine and day.
 *
 * @throws CodeseederError `PackFailed`, `TargetNotFound`
 */
export async function packBundle(contents: BundleContents): Promise<PackedBundle> {
  const { dirs = {}, files = {}, modules = [], python, signal, verify = false } = contents;
  const given = await collectFiles(dirs, files, contents);
  const ofPython = python === undefined ? undefined : await collectPython(python, contents);
  // Counted in another thread, beside the packing.
  const leftOut = Promise.all([given.leftOut(signal), ofPython?.leftOut(signal) ?? Promise.resolve([])]).then(
    (lists) => lists.flat(),
  );
  // Nobody waits for it where packing fails.
  leftOut.catch(() => undefined);
  const bundled = await bundleModules(modules, contents);
  const manifest: BundleManifest = { version: 1, modules: bundled.modules };
  const own = [ownFile(BUNDLE_PATHS.manifest, Buffer.from(JSON.stringify(manifest)))];
  if (modules.length > 0) own.push(ownFile(BUNDLE_PATHS.nodeRunner, await readRunner()));
  const parts = composeLayers(
    {
      code: [...own, ...bundled.code],
      packages: bundled.packages,
      python: ofPython?.entries ?? [],
      given: given.entries,
    },
    { dirs: Object.keys(dirs), files: Object.keys(files) },
  );
  const layers: Layer[] = [];
  for (const { name, entries } of parts) {
    layers.push(await digestLayer(name, entries, { verify, ...(signal !== undefined && { signal }) }));
  }
  return { layers, exports: bundled.exports, installCommands: bundled.installCommands, leftOut };
}

function ownFile(place: string, content: Uint8Array): FileEntry {
  return { kind: 'file', path: place, mode: 0o644, content };
}
