import type { Readable } from 'node:stream';

import {
  BUNDLE_MAX_BYTES,
  BUNDLE_PATHS,
  bundleKey,
  CodeseederError,
  type BundleManifest,
  type BundleReference,
} from '../../lib/contract/index.js';
import { bundleModules, type ModuleToBundle } from './bundle-modules.js';
import { collectFiles } from './collect-files.js';
import { collectPython, type PythonContents } from './collect-python.js';
import type { IgnoreRules } from './folder-filter.js';
import { readRunner } from './read-runner.js';
import { openUnnamedFile } from './unnamed-file.js';
import { writeZip, type ZipEntry } from './write-zip.js';

/** What goes into a bundle. */
export interface BundleContents extends IgnoreRules {
  readonly modules?: readonly ModuleToBundle[];
  readonly dirs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Set for the run of a Python function. */
  readonly python?: PythonContents;
  /** @default false */
  readonly minify?: boolean;
  readonly signal?: AbortSignal;
}

/** A bundle in a temporary file without a name. */
export interface PackedBundle {
  readonly reference: BundleReference;
  /** @returns its bytes, from the first one on */
  readonly content: () => Readable;
  /** Module name to the names it exports. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
  /** Lets go of the file. */
  readonly dispose: () => Promise<void>;
}

/**
 * Makes the zip that CodeBuild will unpack: the bundled modules or Python code, the runner, the manifest, and the
 * user's folders and files. The same contents give the same bytes on every machine and day.
 *
 * @throws CodeseederError `PackFailed`, `TargetNotFound`, `BundleTooLarge`
 */
export async function packBundle(contents: BundleContents): Promise<PackedBundle> {
  const bundled = await bundleModules(contents.modules ?? [], { minify: contents.minify ?? false });
  const collected = await collectFiles(contents.dirs ?? {}, contents.files ?? {}, contents);
  const manifest: BundleManifest = { version: 1, modules: bundled.modules };
  const entries: ZipEntry[] = [
    { path: BUNDLE_PATHS.manifest, content: Buffer.from(JSON.stringify(manifest)) },
    ...bundled.files,
    ...collected,
    ...(contents.python === undefined ? [] : await collectPython(contents.python, contents)),
  ];
  if (bundled.files.length > 0) {
    entries.push({ path: BUNDLE_PATHS.nodeRunner, content: await readRunner() });
  }

  const file = await openUnnamedFile();
  try {
    const { sha256, sizeBytes } = await writeZip(entries, file.write, contents.signal);
    if (sizeBytes > BUNDLE_MAX_BYTES) throw tooLarge(sizeBytes);
    const reference = { key: bundleKey(sha256), sha256, sizeBytes };
    return { reference, content: file.read, exports: bundled.exports, dispose: file.dispose };
  } catch (error) {
    await file.dispose();
    throw error;
  }
}

function tooLarge(sizeBytes: number): CodeseederError {
  return new CodeseederError(
    'BundleTooLarge',
    `The bundle has ${sizeBytes} bytes, at most ${BUNDLE_MAX_BYTES}; leave folders out, or put large files into S3.`,
  );
}
