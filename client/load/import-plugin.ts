import { isBuiltin } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ImportKind, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';

import { nearestAbove } from '../bundle/modules/resolve-own-file.js';
import { readWithHeader } from './module-header.js';

/** The findings of compiling a module and its imports. */
export interface ModuleFindings {
  /**
   * Whether Node itself can load the module and the project's modules that it imports, because they have no types,
   * aliases or missing extensions.
   */
  isPlain: boolean;
  /** Names of the packages that these modules import. */
  readonly packages: Set<string>;
}

const LOADERS: Readonly<Record<string, 'ts' | 'tsx' | 'js' | 'jsx'>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
};

/** Files that Node loads itself. */
const PLAIN = /\.([cm]?js|json|node)$/;

/** Marks a call of `build.resolve` by this plugin, which it must not handle again. */
const OWN_CALL = Symbol('own call');

/**
 * Returns a plugin that compiles the project's own modules together and leaves packages to Node. Packages are imported
 * by their absolute path, because the compiled code is in another folder.
 */
export function importPlugin(format: 'esm' | 'cjs', findings: ModuleFindings): Plugin {
  return {
    name: 'codeseeder-imports',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolveImport(args, build, format, findings));
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path: file }) => {
        const { text, isJavaScript } = await readWithHeader(file);
        return { contents: text, loader: isJavaScript ? 'js' : (LOADERS[path.extname(file)] ?? 'ts') };
      });
    },
  };
}

async function resolveImport(
  args: OnResolveArgs,
  build: PluginBuild,
  format: 'esm' | 'cjs',
  findings: ModuleFindings,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === OWN_CALL) return undefined;
  if (args.kind === 'entry-point') {
    if (!PLAIN.test(args.path)) findings.isPlain = false;
    return undefined;
  }
  if (isBuiltin(args.path) || /^(data|file|https?):/.test(args.path)) return external(args.path);
  const kind = kindIn(format, args.kind);
  const { importer, namespace, resolveDir } = args;
  const found = await build.resolve(args.path, {
    ...{ importer, namespace, resolveDir, kind, with: args.with },
    pluginData: OWN_CALL,
  });
  // A dynamic import or a require of a missing module fails only at run time. A missing static import is an error of
  // esbuild.
  if (found.errors.length > 0) return isReachedLater(args.kind) ? external(args.path) : undefined;
  if (isOfPackage(args.path, found.path)) {
    findings.packages.add(packageNameOf(args.path));
    return external(isRequire(kind) ? found.path : pathToFileURL(found.path).href);
  }
  if (!isPlainImport(args, found.path)) findings.isPlain = false;
  if (found.path.endsWith('.node')) return external(found.path);
  return undefined;
}

/** Returns the kind by which an import is resolved. In a CommonJS module an `import` is compiled to a `require`. */
function kindIn(format: 'esm' | 'cjs', kind: ImportKind): ImportKind {
  return format === 'cjs' && kind === 'import-statement' ? 'require-call' : kind;
}

function isRequire(kind: ImportKind): boolean {
  return kind === 'require-call' || kind === 'require-resolve';
}

function isReachedLater(kind: ImportKind): boolean {
  return isRequire(kind) || kind === 'dynamic-import';
}

function external(file: string): OnResolveResult {
  return { path: file, external: true };
}

/** Returns whether Node resolves the import to the same file and can load it. */
function isPlainImport(
  { path: specifier, kind, resolveDir, with: attributes }: OnResolveArgs,
  file: string,
): boolean {
  if (!PLAIN.test(file)) return false;
  if (isRequire(kind))
    return specifier.startsWith('.') || specifier.startsWith('#') || path.isAbsolute(specifier);
  if (file.endsWith('.json') && attributes['type'] !== 'json') return false;
  return specifier.startsWith('#') || path.resolve(resolveDir, specifier) === file;
}

/** Returns whether a file belongs to another package, which Node loads itself: installed, or linked and compiled. */
function isOfPackage(specifier: string, file: string): boolean {
  if (/[\\/]node_modules[\\/]/.test(file) || /\.zip[\\/]/.test(file)) return true;
  if (/^[./#]/.test(specifier) || path.isAbsolute(specifier) || !PLAIN.test(file)) return false;
  const manifest = nearestAbove(file, 'package.json');
  return manifest !== undefined && nameIn(manifest) === packageNameOf(specifier);
}

function packageNameOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function nameIn(manifest: string): unknown {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name;
}
