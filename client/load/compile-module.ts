import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { BuildFailure, Message } from 'esbuild';

import { CodeseederError } from '../../lib/contract/index.js';
import { nearestAbove } from '../bundle/modules/resolve-own-file.js';
import { importPlugin, type ModuleFindings } from './import-plugin.js';
import { PLACE_NAMES } from './module-header.js';

/** A module and the project's modules that it imports, compiled into one. */
export interface CompiledModule extends Readonly<ModuleFindings> {
  readonly format: 'esm' | 'cjs';
  readonly text: string;
}

/** Matches the error of esbuild for a top-level await in CommonJS. */
const TOP_LEVEL_AWAIT = /top-level await/i;

/**
 * Compiles a module for this process, with the types and aliases of the nearest tsconfig. Packages are not bundled.
 *
 * @param outfile path to which the text will be written, for its source map
 * @throws CodeseederError `PackFailed` naming file and line
 */
export async function compileModule(file: string, outfile: string): Promise<CompiledModule> {
  const format = await formatOf(file);
  try {
    return await compileAs(format, file, outfile);
  } catch (cause) {
    const errors = (cause as Partial<BuildFailure>).errors ?? [];
    const awaits = format === 'cjs' && errors.some(({ text }) => TOP_LEVEL_AWAIT.test(text));
    if (awaits) return compileModuleAs('esm', file, outfile);
    throw packFailed(file, errors, cause);
  }
}

async function compileModuleAs(format: 'esm', file: string, outfile: string): Promise<CompiledModule> {
  return compileAs(format, file, outfile).catch((cause: unknown) => {
    throw packFailed(file, (cause as Partial<BuildFailure>).errors ?? [], cause);
  });
}

async function compileAs(format: 'esm' | 'cjs', file: string, outfile: string): Promise<CompiledModule> {
  const { build } = await import('esbuild');
  const findings: ModuleFindings = { isPlain: true, packages: new Set() };
  const { outputFiles } = await build({
    absWorkingDir: path.dirname(file),
    entryPoints: [file],
    outfile,
    format,
    bundle: true,
    write: false,
    platform: 'node',
    target: `node${process.versions.node}`,
    keepNames: true,
    treeShaking: false,
    sourcemap: 'inline',
    sourcesContent: false,
    // Uses none of esbuild's own conditions, such as `module`, so that imports resolve as in Node.
    conditions: [],
    define: { ...PLACE_NAMES },
    banner: { js: requireBanner(format, file) },
    plugins: [importPlugin(format, findings)],
    logLevel: 'silent',
  });
  return { ...findings, format, text: outputFiles[0]?.text ?? '' };
}

/** Returns the code that defines `require`, which resolves computed names from the module itself. */
function requireBanner(format: 'esm' | 'cjs', file: string): string {
  const name = JSON.stringify(file);
  return format === 'cjs'
    ? `require=require('node:module').createRequire(${name});`
    : `import{createRequire as codeseeder$createRequire}from'node:module';const require=codeseeder$createRequire(${name});`;
}

/** Returns the format of a module for Node and `tsc`: by its extension, else by the nearest `package.json`. */
async function formatOf(file: string): Promise<'esm' | 'cjs'> {
  const ending = path.extname(file);
  if (ending === '.mts' || ending === '.mjs') return 'esm';
  if (ending === '.cts' || ending === '.cjs') return 'cjs';
  const manifest = nearestAbove(file, 'package.json');
  if (manifest === undefined) return 'cjs';
  const { type } = JSON.parse(await readFile(manifest, 'utf8')) as { type?: unknown };
  return type === 'module' ? 'esm' : 'cjs';
}

function packFailed(file: string, errors: readonly Message[], cause: unknown): CodeseederError {
  const [ours] = errors.flatMap(({ detail }) =>
    (detail as unknown) instanceof CodeseederError ? [detail as CodeseederError] : [],
  );
  if (ours !== undefined) return ours;
  const problems = errors.slice(0, 5).map((message) => describeMessage(message, path.dirname(file)));
  return new CodeseederError(
    'PackFailed',
    `${file} cannot be compiled: ${problems.join('; ') || String(cause)}`,
    {
      cause,
    },
  );
}

function describeMessage({ text, location }: Message, folder: string): string {
  if (!location) return text;
  return `${path.resolve(folder, location.file)}:${location.line}:${location.column + 1}: ${text}`;
}
