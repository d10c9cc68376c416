import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CodeseederError } from '../../../lib/contract/index.js';
import { EMIT_OPTIONS } from './emit-options.js';
import type { StrippedModule } from './stripped-module.js';

/** Options that keep module syntax, as flags of `tsc`. */
const EMIT_FLAGS = Object.entries({
  module: 'esnext',
  moduleResolution: 'bundler',
  ...EMIT_OPTIONS,
}).flatMap(([name, value]) => [`--${name}`, String(value)]);

/** Modules that were compiled, with the text of their sources at that time. */
const compiled = new Map<string, StrippedModule & { readonly of: string }>();

/** Each tsconfig that does not set `emitDecoratorMetadata`, with its text. */
const withoutMetadata = new Map<string, string>();

/**
 * Compiles a decorated module with the project's `tsc` command. TypeScript 7 has no stable API.
 *
 * @param tsconfig absolute path of the `tsconfig.json` of the module
 * @returns undefined if the tsconfig does not set `emitDecoratorMetadata`
 * @throws CodeseederError `PackFailed` if `tsc` compiled no code for the module
 */
export function emitByCommand(file: string, source: string, tsconfig: string): StrippedModule | undefined {
  const known = compiled.get(file);
  if (known?.of === source) return { text: known.text, map: known.map };
  const settings = readFileSync(tsconfig, 'utf8');
  if (withoutMetadata.get(tsconfig) === settings) return undefined;
  const tsc = commandOf(file);
  const shown = run(tsc, ['-p', tsconfig, '--showConfig']);
  const { compilerOptions, files = [] } = parseConfig(shown.stdout, file, tsconfig);
  if (compilerOptions?.emitDecoratorMetadata !== true) {
    withoutMetadata.set(tsconfig, settings);
    return undefined;
  }
  return emit(tsc, file, { tsconfig, files, jsx: compilerOptions.jsx });
}

function emit(
  tsc: string,
  file: string,
  {
    tsconfig,
    files,
    jsx: named = '',
  }: { tsconfig: string; files: readonly string[]; jsx?: string | undefined },
): StrippedModule {
  const jsx = /^react-jsx(dev)?$/.test(named) ? named : 'react';
  const outDir = mkdtempSync(path.join(tmpdir(), 'codeseeder-tsc-'));
  try {
    const { root } = path.parse(file);
    const places = ['-p', tsconfig, '--outDir', outDir, '--rootDir', root];
    const { stdout } = run(tsc, [...places, ...EMIT_FLAGS, '--jsx', jsx]);
    for (const listed of files) remember(path.resolve(path.dirname(tsconfig), listed), outDir);
    const { text, map } = compiled.get(file) ?? refuse(file, tsconfig, stdout);
    return { text, map };
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

function commandOf(file: string): string {
  const manifest = createRequire(file).resolve('typescript/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: { tsc?: string } };
  return path.resolve(path.dirname(manifest), bin?.tsc ?? 'bin/tsc');
}

/** Runs `tsc`. It also compiles modules whose types have errors, and then exits with a code other than 0. */
function run(tsc: string, args: readonly string[]): { stdout: string } {
  try {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return {
      stdout: execFileSync(process.execPath, [tsc, ...args], {
        encoding: 'utf8',
        stdio: [...stdio],
        maxBuffer: MAX_OUTPUT_BYTES,
      }),
    };
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    return { stdout: stdout || stderr || message };
  }
}

/** Maximum bytes of output that are read. A large project may have many type errors. */
const MAX_OUTPUT_BYTES = 64 * 1_024 * 1_024;

interface ShownConfig {
  readonly compilerOptions?: { readonly emitDecoratorMetadata?: boolean; readonly jsx?: string };
  /** Paths of the modules that the tsconfig includes, relative to its folder. */
  readonly files?: readonly string[];
}

function parseConfig(text: string, file: string, tsconfig: string): ShownConfig {
  try {
    return JSON.parse(text) as ShownConfig;
  } catch {
    return refuse(file, tsconfig, text);
  }
}

function remember(file: string, outDir: string): void {
  const { root } = path.parse(file);
  const place = path.join(outDir, path.relative(root, file)).replace(/\.([cm]?)tsx?$/, '.$1js');
  try {
    const text = readFileSync(place, 'utf8').replace(/\n\/\/# sourceMappingURL=[^\n]*\s*$/, '\n');
    const map = JSON.parse(readFileSync(`${place}.map`, 'utf8')) as object;
    const ofModule = JSON.stringify({ ...map, sourceRoot: '', sources: [path.basename(file)] });
    compiled.set(file, { text, map: ofModule, of: readFileSync(file, 'utf8') });
  } catch {
    // Ignores a file without output, such as a declaration.
  }
}

function refuse(file: string, tsconfig: string, output: string): never {
  const [reason = ''] = output.trim().split('\n');
  const problem =
    reason === ''
      ? `${tsconfig} does not include it. Add the file to "include" or "files" of ${tsconfig}.`
      : `${reason}. Check ${tsconfig}.`;
  throw new CodeseederError('PackFailed', `TypeScript compiled no code for ${file}: ${problem}`);
}
