import path from 'node:path';

import type { BuildFailure, Message, Metafile } from 'esbuild';

import { BUNDLE_PATHS, CodeseederError } from '../../../lib/contract/index.js';
import { packageFolderOf } from '../packages/installed/package-folder.js';
import type { KeptPackages } from '../packages/kept-packages.js';
import { TO_ROOT, type ModulePlan } from './module-plan.js';
import { modulePlugin, type BuildFindings } from './module-plugin.js';
import { withNaturalNames } from './natural-names.js';
import { META_NAME, type OwnModule } from './own-module.js';
import { OUTPUT_URL, placesModule } from './places-module.js';

/** A compiled file. */
export type OutputFile = { readonly path: string; readonly contents: Uint8Array };

export interface EsbuildRun {
  readonly findings: BuildFindings;
  readonly readOwn: (file: string) => Promise<OwnModule>;
  readonly packages: KeptPackages;
  readonly minify: boolean;
}

/** Condition in this package's `exports` by which `codeseeder` resolves to the client for builds. */
const IN_BUILD_CONDITION = 'codeseeder-build';

/**
 * Defines `require`, which bundled CommonJS code calls for Node's own modules and for packages that stay files. esbuild
 * does not compile banners, so `import.meta` is that of the compiled file.
 */
const BANNER = `import{createRequire as codeseeder$createRequire}from'node:module';const ${OUTPUT_URL}=import.meta.url,require=codeseeder$createRequire(${OUTPUT_URL});`;

/** The output of esbuild. It is empty if `failure` is set. */
export interface Built {
  readonly outputs: readonly OutputFile[];
  readonly metafile: Metafile;
  /** Why some packages and modules cannot be bundled. The next round includes them as files, if it can. */
  readonly failure?: CodeseederError;
}

/**
 * Runs esbuild on the plan's entries. Adds packages that it cannot bundle to `findings.unresolvableFolders`; they are
 * included as files.
 *
 * @throws CodeseederError `PackFailed` naming file and line in the user's own code
 */
export async function runEsbuild(
  plan: ModulePlan,
  { findings, readOwn, packages, minify }: EsbuildRun,
): Promise<Built> {
  // Loaded on demand, because a client that only attaches to a run does not bundle.
  const { build } = await import('esbuild');
  const places = () => placesModule({ rootFromOutput: `${TO_ROOT}/`, compiled: compiledFiles(plan) });
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: plan.base,
      entryPoints: plan.entries.map((file, index) => ({ in: file, out: `${index}` })),
      // The folder in the bundle, so that source maps lead to `src/deploy.ts` relative to the bundle's root.
      outdir: path.join(plan.base, BUNDLE_PATHS.nodeModules),
      splitting: plan.entries.length > 1,
      minify,
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node18',
      keepNames: true,
      sourcemap: 'linked',
      sourcesContent: false,
      conditions: [IN_BUILD_CONDITION],
      outExtension: { '.js': '.mjs' },
      banner: { js: BANNER },
      define: { 'import.meta': META_NAME },
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [modulePlugin({ plan, findings, readOwn, packages, places })],
    });
    // Minifying changes the names of functions, so all calls that restore them are needed.
    const outputs = minify ? outputFiles : outputFiles.map(withNames);
    return { outputs, metafile };
  } catch (cause) {
    if (addFailedPackages(cause, plan, findings, packages))
      return { outputs: [], metafile: { inputs: {}, outputs: {} }, failure: packFailed(cause) };
    throw packFailed(cause);
  }
}

/** Removes needless calls that set names, in a compiled file. */
function withNames(output: Readonly<{ path: string; contents: Uint8Array }>): OutputFile {
  if (!output.path.endsWith('.mjs')) return output;
  const text = Buffer.from(output.contents).toString('utf8');
  return { path: output.path, contents: Buffer.from(withNaturalNames(text)) };
}

/** Returns the source of each entry -> its compiled file, both as paths in the bundle. */
function compiledFiles(plan: ModulePlan): Record<string, string> {
  return Object.fromEntries(
    plan.entries.map((file, index) => [plan.placeOf(file), `${BUNDLE_PATHS.nodeModules}/${index}.mjs`]),
  );
}

/**
 * Adds packages that esbuild cannot bundle to the findings.
 * @returns whether all errors are of such packages, and of modules that Node itself can load
 */
function addFailedPackages(
  cause: unknown,
  plan: ModulePlan,
  findings: BuildFindings,
  { forcedToBundle }: KeptPackages,
): boolean {
  const errors = (cause as Partial<BuildFailure>).errors ?? [];
  const files = errors.map(({ location }) => (location ? path.resolve(plan.base, location.file) : ''));
  const folders = files.map((file) => packageFolderOf(file));
  const isIncludable = files.every((file, index) => {
    const folder = folders[index];
    if (folder !== undefined) return !forcedToBundle.has(folder);
    return findings.own.get(file)?.findings.needsNode === true;
  });
  if (errors.length === 0 || !isIncludable) return false;
  for (const folder of folders) if (folder !== undefined) findings.unresolvableFolders.add(folder);
  return true;
}

function packFailed(cause: unknown): CodeseederError {
  const errors = (cause as Partial<BuildFailure>).errors ?? [];
  const ours = errors
    .map(({ detail }) => detail as unknown)
    .find((detail) => detail instanceof CodeseederError);
  if (ours !== undefined) return ours;
  const problem = errors.slice(0, 5).map(describeMessage).join('; ') || String(cause);
  return new CodeseederError('PackFailed', `The function's module cannot be bundled: ${problem}`, { cause });
}

function describeMessage({ text, location }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
}
