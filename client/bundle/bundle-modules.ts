import path from 'node:path';
import type { BuildFailure, BuildOptions, Message, Metafile } from 'esbuild';

import { BUNDLE_PATHS, CodeseederError } from '../../lib/contract/index.js';
import { projectRootOf } from './project-root.js';

/** A module to bundle, and what it must export. */
export interface ModuleToBundle {
  /** Absolute path. */
  readonly file: string;
  readonly exportName?: string;
}

export interface BundledModules {
  /** Module name, as targets use it, to the bundled file's path inside the bundle. */
  readonly modules: Readonly<Record<string, string>>;
  /** Module name to the names it exports. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
}

/** Resolves `codeseeder` inside the bundle to what runs there, by the package's own `exports`. */
const IN_BUILD_CONDITION = 'codeseeder-build';

/** CommonJS packages call `require` and read `__dirname`, which an ES module does not have. */
const COMMONJS_BANNER = [
  "import{createRequire as codeseeder$createRequire}from'node:module';",
  "import{dirname as codeseeder$parent}from'node:path';",
  "import{fileURLToPath as codeseeder$path}from'node:url';",
  'const require=codeseeder$createRequire(import.meta.url),codeseeder$filename=codeseeder$path(import.meta.url),',
  'codeseeder$dirname=codeseeder$parent(codeseeder$filename);',
].join('');

/**
 * Bundles modules with their dependencies inside, so that a build installs nothing. The output depends on the
 * code alone: no path of this machine is in it.
 *
 * @throws CodeseederError `PackFailed` naming file and line, `TargetNotFound` for a missing export
 */
export async function bundleModules(
  modules: readonly ModuleToBundle[],
  options: { readonly minify?: boolean } = {},
): Promise<BundledModules> {
  const [first] = modules;
  if (first === undefined) return { modules: {}, exports: {}, files: [] };
  const root = await projectRootOf(first.file);
  const entries = modules.map(({ file }, index) => ({ in: file, out: `${index}` }));
  const { outputFiles, metafile } = await runEsbuild({
    absWorkingDir: root,
    entryPoints: entries,
    // Where it will lie below the bundle's root, so that source maps lead to `src/deploy.ts` there.
    outdir: path.join(root, BUNDLE_PATHS.nodeModules),
    splitting: modules.length > 1,
    minify: options.minify ?? false,
  });
  const names = modules.map(({ file }) => moduleName(file, root));
  const exports = Object.fromEntries(names.map((name, index) => [name, exportsOf(metafile, `${index}.mjs`)]));
  modules.forEach(({ exportName }, index) => requireExport(exports, names[index] ?? '', exportName));
  return {
    modules: Object.fromEntries(
      names.map((name, index) => [name, `${BUNDLE_PATHS.nodeModules}/${index}.mjs`]),
    ),
    exports,
    files: outputFiles.map((file) => ({
      path: toPosix(path.relative(root, file.path)),
      content: file.contents,
    })),
  };
}

/** A module's name in targets: its path below the nearest `package.json`, the same on every machine. */
export async function moduleNameOf(file: string): Promise<string> {
  return moduleName(file, await projectRootOf(file));
}

async function runEsbuild(options: BuildOptions): Promise<{ outputFiles: OutputFile[]; metafile: Metafile }> {
  // Loaded when it is needed: who only attaches to a run needs no bundler.
  const { build } = await import('esbuild');
  try {
    return await build({
      ...options,
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node18',
      keepNames: true,
      sourcemap: 'linked',
      sourcesContent: false,
      conditions: [IN_BUILD_CONDITION, 'module'],
      outExtension: { '.js': '.mjs' },
      banner: { js: COMMONJS_BANNER },
      define: { __dirname: 'codeseeder$dirname', __filename: 'codeseeder$filename' },
      legalComments: 'none',
      logLevel: 'silent',
    });
  } catch (cause) {
    const errors = (cause as Partial<BuildFailure>).errors ?? [];
    const told = errors.slice(0, 5).map(describeMessage);
    throw new CodeseederError(
      'PackFailed',
      `The function's module cannot be bundled: ${told.join('; ') || String(cause)}`,
      {
        cause,
      },
    );
  }
}

type OutputFile = { readonly path: string; readonly contents: Uint8Array };

function describeMessage({ text, location }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
}

function exportsOf(metafile: Metafile, fileName: string): readonly string[] {
  const found = Object.entries(metafile.outputs).find(
    ([output, { entryPoint }]) => entryPoint !== undefined && path.posix.basename(output) === fileName,
  );
  return found?.[1].exports ?? [];
}

function requireExport(
  exports: Readonly<Record<string, readonly string[]>>,
  name: string,
  exportName: string | undefined,
): void {
  const exported = exports[name] ?? [];
  if (exportName === undefined || exported.includes(exportName)) return;
  throw new CodeseederError(
    'TargetNotFound',
    `${name} does not export ${exportName}; it exports ${exported.join(', ') || 'nothing'}. Export the function, or name its export.`,
  );
}

function moduleName(file: string, root: string): string {
  return toPosix(path.relative(root, file));
}

function toPosix(file: string): string {
  return file.split(path.sep).join('/');
}
