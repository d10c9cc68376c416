/**
 * Packs the code of a run. Nothing is zipped or uploaded here: a layer is written only if the seedkit does not have it.
 *
 * The steps, in order:
 *
 * 1. `files/collect-files.ts` lists the user's `dirs` and `files`, without ignored ones.
 * 2. `python/collect-python.ts` lists Python code and requirements files, for the run of a Python function.
 * 3. `modules/bundle-modules.ts` bundles the modules of functions. `modules/discover-modules.ts` repeats a build of
 *    esbuild until it finds nothing new:
 *    - `modules/run-esbuild.ts` bundles; its plugin decides for each import whether it is bundled;
 *    - `modules/own-module.ts` reads each of the user's modules, and `modules/analysis/` finds the modules and files
 *      that its code names;
 *    - `modules/beside-files.ts` finds these files on this machine;
 *    - `packages/kept-packages.ts` decides which packages are included as files: `scan/` reads their scripts,
 *      `closure/` adds the packages that they load, `install/` plans an installation in the build if binaries do not
 *      fit its platform, `places/` gives each package its path.
 * 4. `compose-layers.ts` divides all files into layers.
 * 5. `layer/digest-layer.ts` computes the digest that identifies each layer.
 *
 * Later, `Layer.write` writes the zip of a layer (`layer/write-layer-zip.ts`) for `client/submit/store-layer.ts`.
 */
import { BUNDLE_PATHS, type BundleManifest } from '../../lib/contract/index.js';
import { collectFiles } from './files/collect-files.js';
import { collectPython, type PythonContents } from './python/collect-python.js';
import { digestPythonInstalls } from './python/python-installs.js';
import { composeLayers } from './compose-layers.js';
import type { IgnoreRules } from './files/folder-filter.js';
import type { LeftOut } from './files/left-out.js';
import { joinListings } from './files/list-folder.js';
import { digestLayer } from './layer/digest-layer.js';
import type { FileEntry, Layer } from './layer/layer.js';
import { bundleModules, type BundledModules, type ModuleToBundle } from './modules/bundle-modules.js';
import type { PackWarning } from './modules/beside-files.js';
import type { PackageOptions } from './packages/kept-packages.js';
import { readRunner } from './read-runner.js';

/** The contents of a bundle. */
export interface BundleContents extends IgnoreRules, PackageOptions {
  readonly modules?: readonly ModuleToBundle[];
  readonly dirs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Set for the run of a Python function. */
  readonly python?: PythonContents;
  /** @default false */
  readonly minify?: boolean;
  /** Whether to read every file again instead of trusting digests of earlier calls. @default false */
  readonly verify?: boolean;
  /** Receives a warning for each file or module that the code may need and that packing cannot determine. */
  readonly onWarning?: (warning: PackWarning) => void;
  readonly signal?: AbortSignal;
}

/** A bundle whose layers have digests, but no zips yet. */
export interface PackedBundle {
  /** The first layer has the code. */
  readonly layers: readonly Layer[];
  /** Whether the bundle has no file but its manifest. Commands run without such a bundle. */
  readonly isEmpty: boolean;
  /** Module name -> names that it exports; undefined if they are known only when the module runs. */
  readonly exports: Readonly<Record<string, readonly string[] | undefined>>;
  /** Commands that the build runs before it installs anything else. */
  readonly installCommands: readonly string[];
  /**
   * Digest of the packages that the Python code needs from package indexes; null if installed packages must not be
   * cached; undefined without Python code.
   */
  readonly pythonInstalls: string | null | undefined;
  /** Files that were left out of folders. Another thread counts them meanwhile. */
  readonly leftOut: Promise<readonly LeftOut[]>;
}

/**
 * Collects the files that a run needs and divides them into layers. The same contents give the same digests on every
 * machine and day.
 *
 * @throws CodeseederError `PackFailed`, `TargetNotFound`
 */
export async function packBundle(contents: BundleContents): Promise<PackedBundle> {
  const { dirs = {}, files = {}, modules = [], python, signal, verify = false } = contents;
  const listed = await collectFiles(dirs, files, contents);
  const ofPython = python === undefined ? joinListings([]) : await collectPython(python, contents);
  const leftOut = joinListings([listed, ofPython]).leftOut(signal);
  // Prevents an unhandled rejection, because no caller awaits this promise if packing fails.
  leftOut.catch(() => undefined);
  const bundled = await bundleModules(modules, contents);
  const parts = composeLayers(
    {
      code: [...(await ownFiles(bundled)), ...bundled.code],
      packages: bundled.packages,
      python: ofPython.entries,
      listed: listed.entries,
    },
    { dirs: Object.keys(dirs), files: Object.keys(files) },
  );
  const isEmpty = parts.flatMap(({ entries }) => entries).every(({ path }) => path === BUNDLE_PATHS.manifest);
  const layers: Layer[] = [];
  for (const { name, entries } of parts) layers.push(await digestLayer(name, entries, { verify, signal }));
  const pythonInstalls =
    python && (await digestPythonInstalls(ofPython.entries, listed.entries, python, { verify, signal }));
  const { exports, installCommands } = bundled;
  return { layers, isEmpty, exports, installCommands, pythonInstalls, leftOut };
}

/** Returns codeseeder's own files: the manifest, and the runner if the bundle has modules. */
async function ownFiles({ modules }: BundledModules): Promise<FileEntry[]> {
  const manifest: BundleManifest = { version: 1, modules };
  const entries = [ownFile(BUNDLE_PATHS.manifest, Buffer.from(JSON.stringify(manifest)))];
  if (Object.keys(modules).length > 0) entries.push(ownFile(BUNDLE_PATHS.nodeRunner, await readRunner()));
  return entries;
}

function ownFile(place: string, content: Uint8Array): FileEntry {
  return { kind: 'file', path: place, mode: 0o644, content };
}
