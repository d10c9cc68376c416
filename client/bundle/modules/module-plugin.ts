import { isBuiltin } from 'node:module';
import path from 'node:path';

import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';

import type { PackageImport } from '../packages/package-closure.js';
import { packageFolderOf } from '../packages/package-folder.js';
import { packageNameOf } from '../packages/package-name.js';
import { isCommonJs } from './module-format.js';
import { META_SPECIFIER, placeIn, renderOwnModule, type OwnModule } from './own-module.js';
import { PLACES_SPECIFIER } from './places-module.js';
import { packFailedAt } from './pack-failed-at.js';
import { OWN_PACKAGE, type KeptPackages } from './kept-packages.js';
import type { ModulePlan } from './module-plan.js';

/** What one build of esbuild found out. */
export interface BuildFindings {
  /** The user's own modules that were bundled, by file. */
  readonly own: Map<string, OwnModule>;
  /** Own files that are imported and not bundled. */
  readonly files: Set<string>;
  /** Imports of packages that are not bundled. */
  readonly keptImports: PackageImport[];
  /** Folders of packages that must not be bundled after all, because an import of theirs does not resolve. */
  readonly unresolvableFolders: Set<string>;
}

export interface ModulePluginOptions {
  readonly plan: ModulePlan;
  readonly findings: BuildFindings;
  readonly readOwn: (file: string) => Promise<OwnModule>;
  readonly packages: Pick<KeptPackages, 'isKept' | 'forcedToBundle'>;
  /** Returns the text of the virtual module with places. */
  readonly places: () => Promise<string>;
}

/** A CommonJS package or module that stays a file, wrapped so that names are imported from it as from bundled code. */
const FILE_NAMESPACE = 'codeseeder-file';

const SOURCES = /\.[cm]?[jt]sx?$/;

/** What tells the plugin that it is asking esbuild itself. */
const ASKED = Symbol('asked');

/** Decides for each import whether it is bundled, stays a file of the bundle, or fails when it is reached. */
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
        // A module of its own, so that it is there before the modules of a circle begin.
        contents: `import { meta } from "${PLACES_SPECIFIER}"; export const own = meta(${JSON.stringify(place)});`,
        loader: 'js',
      }));
      build.onLoad({ filter: /.*/, namespace: FILE_NAMESPACE }, ({ path: file }) => ({
        contents: `module.exports = require(${JSON.stringify(plan.fromOutput(file))})`,
        loader: 'js',
      }));
      build.onLoad({ filter: SOURCES, namespace: 'file' }, async ({ path: file }) => {
        const folder = packageFolderOf(file);
        if (folder !== undefined && !packages.forcedToBundle.has(folder)) return undefined;
        const own = await readOwn(file);
        findings.own.set(file, own);
        // As TypeScript, a type that is exported again is no missing export, although the types are gone.
        const loader = /tsx?$/.test(file) ? 'ts' : 'js';
        return { contents: renderOwnModule(own, plan.placeOf(file)), loader };
      });
    },
  };
}

async function resolveImport(
  args: OnResolveArgs,
  build: PluginBuild,
  options: ModulePluginOptions,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === ASKED || args.kind === 'entry-point') return undefined;
  if (args.path === PLACES_SPECIFIER) return { path: PLACES_SPECIFIER, namespace: PLACES_SPECIFIER };
  if (args.path.startsWith(META_SPECIFIER)) {
    return { path: args.path.slice(META_SPECIFIER.length), namespace: META_SPECIFIER };
  }
  if (args.namespace === FILE_NAMESPACE) return { path: args.path, external: true };
  if (isBuiltin(args.path)) return undefined;
  const importerFolder = packageFolderOf(args.importer);
  // The files of a package that is bundled are bundled.
  if (importerFolder !== undefined && args.path.startsWith('.')) return undefined;
  const { path: specifier, importer, namespace, resolveDir, kind } = args;
  const found = await build.resolve(specifier, {
    importer,
    namespace,
    resolveDir,
    kind,
    with: args.with,
    pluginData: ASKED,
  });
  if (found.errors.length > 0) return unresolved(args, importerFolder, options);
  if (found.external || found.namespace !== 'file') return undefined;
  return placeResolved(args, found.path, options);
}

/** What becomes of an import whose file is known. */
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

/** The name that a package is installed under. */
function nameOf(folder: string): string {
  const segments = folder.split(/[\\/]/);
  return segments.slice(segments.lastIndexOf('node_modules') + 1).join('/');
}

/** Imports and requires reach the very file that is resolved here, so that both sides have one instance of it. */
function asFile(kind: OnResolveArgs['kind'], file: string, plan: ModulePlan): OnResolveResult {
  const isRequired = kind === 'require-call' || kind === 'require-resolve';
  if (!isRequired && isCommonJs(file)) return { path: file, namespace: FILE_NAMESPACE };
  return { path: plan.fromOutput(file), external: true };
}

function isAddon(file: string): boolean {
  return path.extname(file) === '.node';
}

/**
 * An import that does not resolve at home fails there when it is reached, and so it does in the build; one that every
 * run reaches is refused. A package with such an import is taken along as files: Node decides there as it does at home.
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
    const problem = `Could not resolve ${JSON.stringify(args.path)}. Install the package, or correct the import; an import that may be missing belongs into a try block or a dynamic import.`;
    throw packFailedAt(placeIn(own, needed), problem);
  }
  return { path: args.path, external: true };
}
