import { realpathSync } from 'node:fs';
import path from 'node:path';

import type { Metafile } from 'esbuild';

import { BUNDLE_PATHS, CodeseederError } from '../../../lib/contract/index.js';
import type { LayerEntry } from '../layer/layer.js';
import { projectRootOf } from '../files/project-root.js';
import { fileEntries } from './file-entries.js';
import { sourcesEntry } from './sources-entry.js';
import { discoverModules, type DiscoveredModules } from './discover-modules.js';
import type { PackageOptions } from '../packages/kept-packages.js';
import { ENTRY_NAMESPACE } from './module-plugin.js';
import type { PackWarning } from './beside-files.js';

/** A module to bundle, and the name that it must export. */
export interface ModuleToBundle {
  /** Absolute path. */
  readonly file: string;
  readonly exportName?: string;
}

export interface BundleModulesOptions extends PackageOptions {
  /** @default false */
  readonly minify?: boolean;
  /** Receives a warning for each file or module that packing cannot determine. */
  readonly onWarning?: (warning: PackWarning) => void;
}

export interface BundledModules {
  /** Module name, as in targets -> path of the compiled file in the bundle. */
  readonly modules: Readonly<Record<string, string>>;
  /** Module name -> names that it exports; undefined for a CommonJS module, whose names are known only when it runs. */
  readonly exports: Readonly<Record<string, readonly string[] | undefined>>;
  /** Compiled modules, and the files that they read. */
  readonly code: readonly LayerEntry[];
  /** Packages that are included as files. */
  readonly packages: readonly LayerEntry[];
  /** Commands that install packages in the build, because the installed ones are for the platform of this machine. */
  readonly installCommands: readonly string[];
}

/**
 * Bundles modules together with the packages that can be bundled, and finds the packages and files that are included as
 * files. The output has no path of this machine.
 *
 * @throws CodeseederError `PackFailed` naming file and line, `TargetNotFound` for a missing export
 */
export async function bundleModules(
  modules: readonly ModuleToBundle[],
  options: BundleModulesOptions = {},
): Promise<BundledModules> {
  const [first] = modules;
  if (first === undefined) return { modules: {}, exports: {}, code: [], packages: [], installCommands: [] };
  const targets = modules.map(({ file }) => realPathOf(file));
  const root = await projectRootOf(realPathOf(first.file));
  const found = await discoverModules(targets, root, options);
  for (const warning of found.warnings) options.onWarning?.(warning);
  const names = targets.map((file) => moduleName(file, root));
  const exports = Object.fromEntries(names.map((name, index) => [name, exportsOf(found.metafile, index)]));
  modules.forEach(({ exportName }, index) => requireExport(exports, names[index] ?? '', exportName));
  return {
    modules: Object.fromEntries(names.map((name, index) => [name, outputPath(index)])),
    exports,
    code: codeEntries(found),
    packages: found.packages.entries,
    installCommands: found.packages.installCommands,
  };
}

/** Returns a module's name in targets: its path relative to the nearest `package.json`, the same on every machine. */
export async function moduleNameOf(file: string): Promise<string> {
  const real = realPathOf(file);
  return moduleName(real, await projectRootOf(real));
}

/** Returns the path from which Node resolves imports. esbuild reports the error of a missing file. */
function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return path.resolve(file);
  }
}

function outputPath(index: number): string {
  return `${BUNDLE_PATHS.nodeModules}/${index}.mjs`;
}

/**
 * Returns the exports of an entry. The requested modules are the first entries.
 * @param index position of the entry
 */
function exportsOf({ outputs, inputs }: Metafile, index: number): readonly string[] | undefined {
  const found = Object.entries(outputs).find(
    ([output, { entryPoint }]) => entryPoint !== undefined && path.posix.basename(output) === `${index}.mjs`,
  );
  const entryPoint = found?.[1].entryPoint ?? '';
  const isCommonJs = inputs[entryPoint]?.format === 'cjs' || entryPoint.startsWith(`${ENTRY_NAMESPACE}:`);
  return isCommonJs ? undefined : (found?.[1].exports ?? []);
}

function requireExport(
  exports: BundledModules['exports'],
  name: string,
  exportName: string | undefined,
): void {
  const exported = exports[name];
  if (exportName === undefined || exported === undefined || exported.includes(exportName)) return;
  throw new CodeseederError(
    'TargetNotFound',
    `${name} does not export ${exportName}; it exports ${exported.join(', ') || 'nothing'}. Export the function, or name its export.`,
  );
}

function codeEntries({ outputs, own, data, folders, plan }: DiscoveredModules): LayerEntry[] {
  const compiled = outputs.map(({ path: output, contents }) => ({
    kind: 'file' as const,
    path: plan.placeOf(output),
    mode: 0o644,
    content: contents,
  }));
  const empty = [...folders].sort().map((folder) => ({
    kind: 'folder' as const,
    path: plan.placeOf(folder),
    mode: 0o755,
  }));
  return [...compiled, sourcesEntry(own, plan), ...fileEntries(data, plan), ...empty];
}

function moduleName(file: string, root: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}
