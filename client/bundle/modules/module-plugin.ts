import { isBuiltin } from 'node:module';
import path from 'node:path';

import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';

import type { PackageImport } from '../packages/closure/package-closure.js';
import { packageFolderOf } from '../packages/installed/package-folder.js';
import { packageNameOf } from '../packages/installed/package-name.js';
import { isCommonJs } from './module-format.js';
import { META_SPECIFIER, placeIn, renderOwnModule, type OwnModule } from './own-module.js';
import { isOutsideBuilds, OUTSIDE_NAMESPACE, outsideModule } from './outside-builds.js';
import { PLACES_SPECIFIER } from './places-module.js';
import { packFailedAt } from './pack-failed-at.js';
import { OWN_PACKAGE, type KeptPackages } from '../packages/kept-packages.js';
import { TO_ROOT, type ModulePlan } from './module-plan.js';

/** The findings of one build of esbuild. */
export interface BuildFindings {
  /** The user's modules that were bundled, by file. */
  readonly own: Map<string, OwnModule>;
  /** The user's files that are imported and not bundled. */
  readonly files: Set<string>;
  /** Imports of packages that are not bundled. */
  readonly keptImports: PackageImport[];
  /** Folders of packages that cannot be bundled, because one of their imports does not resolve. */
  readonly unresolvableFolders: Set<string>;
}

export interface ModulePluginOptions {
  readonly plan: ModulePlan;
  readonly findings: BuildFindings;
  readonly readOwn: (file: string) => Promise<OwnModule>;
  readonly packages: Pick<KeptPackages, 'isKept' | 'forcedToBundle'>;
  /** Returns the text of the virtual module `codeseeder:places`. */
  readonly places: () => Promise<string>;
}

/** Namespace of wrappers for CommonJS files that are not bundled: names can be imported from a wrapper. */
const FILE_NAMESPACE = 'codeseeder-file';

/** Namespace of modules that take the place of entries that Node itself loads. */
export const ENTRY_NAMESPACE = 'codeseeder-entry';

const SOURCES = /\.[cm]?[jt]sx?$/;

/** Marks a call of `build.resolve` by the plugin itself. */
const OWN_CALL = Symbol('own call');

/**
 * Returns a plugin that decides for each import whether it is bundled, loaded from a file at run time, or left to fail
 * at run time.
 */
export function modulePlugin(options: ModulePluginOptions): Plugin {
  const { plan, findings, packages, places, readOwn } = options;
  return {
    name: 'codeseeder-modules',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolveImport(args, build, options));
      build.onLoad({ filter: /.*/, namespace: PLACES_SPECIFIER }, async () => ({
        contents: await places(),
        loader: 'js',
      }));
      build.onLoad({ filter: /.*/, namespace: META_SPECIFIER }, ({ path: place }) => ({
        // `own` is in a separate module, because in an import cycle it must be evaluated before the user's modules.
        contents: `import { meta } from "${PLACES_SPECIFIER}"; export const own = meta(${JSON.stringify(place)});`,
        loader: 'js',
      }));
      build.onLoad({ filter: /.*/, namespace: FILE_NAMESPACE }, ({ path: place }) => ({
        contents: `module.exports = require(${JSON.stringify(`${TO_ROOT}/${place}`)})`,
        loader: 'js',
      }));
      build.onLoad({ filter: /.*/, namespace: ENTRY_NAMESPACE }, ({ path: place }) => {
        const file = JSON.stringify(`${TO_ROOT}/${place}`);
        return { contents: `export * from ${file}; export { default } from ${file};`, loader: 'js' };
      });
      build.onLoad({ filter: /.*/, namespace: OUTSIDE_NAMESPACE }, ({ path: specifier }) => ({
        contents: outsideModule(specifier),
        loader: 'js',
      }));
      build.onLoad({ filter: SOURCES, namespace: 'file' }, async ({ path: file }) => {
        const folder = packageFolderOf(file);
        if (folder !== undefined && !packages.forcedToBundle.has(folder)) return undefined;
        const own = await readOwn(file);
        findings.own.set(file, own);
        return { contents: renderOwnModule(own, plan.placeOf(file)), loader: loaderOf(file) };
      });
    },
  };
}

/**
 * Returns esbuild's loader. A module whose types were removed is also loaded as TypeScript, because it may still export
 * a type of another module.
 */
function loaderOf(file: string): Loader {
  const [, kind, jsx = ''] = /\.[cm]?([jt]s)(x?)$/.exec(file) ?? [];
  return `${kind === 'ts' ? 'ts' : 'js'}${jsx === '' ? '' : 'x'}`;
}

async function resolveImport(
  args: OnResolveArgs,
  build: PluginBuild,
  options: ModulePluginOptions,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === OWN_CALL) return undefined;
  if (args.kind === 'entry-point') return resolveEntry(args.path, options.plan);
  const own = resolveVirtual(args);
  if (own !== undefined) return own;
  if (isBuiltin(args.path)) return undefined;
  const importerFolder = packageFolderOf(args.importer);
  // Relative imports of a bundled package are bundled with it.
  if (importerFolder !== undefined && args.path.startsWith('.')) return undefined;
  const { path: specifier, importer, namespace, resolveDir, kind } = args;
  const found = await build.resolve(specifier, {
    importer,
    namespace,
    resolveDir,
    kind,
    with: args.with,
    pluginData: OWN_CALL,
  });
  if (found.errors.length > 0) return unresolved(args, importerFolder, options);
  if (found.external || found.namespace !== 'file') return undefined;
  return placeResolved(args, found.path, options);
}

/** Resolves imports of virtual modules, and those in them. */
function resolveVirtual({ path: specifier, namespace }: OnResolveArgs): OnResolveResult | undefined {
  if (specifier === PLACES_SPECIFIER) return { path: PLACES_SPECIFIER, namespace: PLACES_SPECIFIER };
  if (isOutsideBuilds(specifier)) return { path: specifier, namespace: OUTSIDE_NAMESPACE };
  if (specifier.startsWith(META_SPECIFIER)) {
    return { path: specifier.slice(META_SPECIFIER.length), namespace: META_SPECIFIER };
  }
  if (namespace === FILE_NAMESPACE || namespace === ENTRY_NAMESPACE)
    return { path: specifier, external: true };
  return undefined;
}

/** Replaces an entry that Node itself loads by a module that imports it. */
function resolveEntry(file: string, plan: ModulePlan): OnResolveResult | undefined {
  return plan.native.has(file) ? { path: plan.placeOf(file), namespace: ENTRY_NAMESPACE } : undefined;
}

/** Decides whether the file of an import is bundled, or loaded as a file at run time. */
function placeResolved(
  { kind, importer, path: specifier }: OnResolveArgs,
  file: string,
  { plan, findings, packages }: ModulePluginOptions,
): OnResolveResult | undefined {
  const folder = packageFolderOf(file);
  if (folder === undefined) {
    if (kind !== 'require-resolve' && !plan.native.has(file) && !isAddon(file)) return undefined;
    findings.files.add(file);
    return asFile(kind, file, plan);
  }
  const name = nameOf(folder);
  if (name === OWN_PACKAGE || !packages.isKept(folder, file)) return undefined;
  findings.keptImports.push({ from: path.dirname(importer), name: packageNameOf(specifier) ?? name });
  return asFile(kind, file, plan);
}

/** Returns the name under which a package is installed. */
function nameOf(folder: string): string {
  const segments = folder.split(/[\\/]/);
  return segments.slice(segments.lastIndexOf('node_modules') + 1).join('/');
}

/** Makes an import or require load the file that was resolved here, so that all modules share one instance of it. */
function asFile(kind: OnResolveArgs['kind'], file: string, plan: ModulePlan): OnResolveResult {
  const isRequired = kind === 'require-call' || kind === 'require-resolve';
  if (!isRequired && isCommonJs(file)) return wrapperOf(file, plan);
  return { path: plan.fromOutput(file), external: true };
}

/** Returns the wrapper of a CommonJS file. Its name has no path of this machine. */
function wrapperOf(file: string, plan: ModulePlan): OnResolveResult {
  return { path: plan.placeOf(file), namespace: FILE_NAMESPACE };
}

function isAddon(file: string): boolean {
  return path.extname(file) === '.node';
}

/**
 * Handles an import that does not resolve on this machine. Refuses an import that every run evaluates. Any other import
 * fails when it is evaluated, as on this machine. A package with such an import is included as files, so that Node
 * resolves the import as on this machine.
 */
function unresolved(
  args: OnResolveArgs,
  importerFolder: string | undefined,
  { findings }: ModulePluginOptions,
): OnResolveResult {
  if (importerFolder !== undefined) {
    findings.unresolvableFolders.add(importerFolder);
    return { path: args.path, external: true };
  }
  const own = findings.own.get(args.importer);
  const needed = own?.findings.imports.find(({ specifier, isSure }) => isSure && specifier === args.path);
  if (own !== undefined && needed !== undefined) {
    const problem = `Could not resolve ${JSON.stringify(args.path)}. Install the package, or correct the import. For an optional package use a dynamic import in a try block.`;
    throw packFailedAt(placeIn(own, needed), problem);
  }
  return { path: args.path, external: true };
}
