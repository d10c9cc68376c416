import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import type * as TypeScript from 'typescript';

import { CodeseederError } from '../../../lib/contract/index.js';
import { emitByCommand } from './emit-by-command.js';
import { EMIT_OPTIONS } from './emit-options.js';
import { nearestAbove } from './resolve-own-file.js';
import type { StrippedModule } from './stripped-module.js';

type Compiler = typeof TypeScript;

/** A decorator of a class or member. */
const DECORATOR = /(^|[\s({;,])@[A-Za-z_$(]/m;

/** Matches the option that enables metadata. A tsconfig may have comments, so it is not parsed. */
const METADATA_OPTION = /"emitDecoratorMetadata"\s*:\s*true/;

/** Compiled projects by their tsconfig. One program emits all decorated modules of a project. */
const programs = new Map<string, TypeScript.Program>();

/**
 * Compiles a TypeScript module with the project's own `typescript` if its decorators need metadata about types, which
 * esbuild does not emit.
 *
 * @returns undefined for a module that needs no metadata
 * @throws CodeseederError `PackFailed` if the project has no `typescript`
 */
export function compileWithMetadata(file: string, source: string): StrippedModule | undefined {
  if (!DECORATOR.test(source)) return undefined;
  const tsconfig = nearestAbove(file, 'tsconfig.json');
  if (tsconfig === undefined) return undefined;
  const compiler = findCompiler(file);
  if (compiler === undefined) {
    if (!METADATA_OPTION.test(readFileSync(tsconfig, 'utf8'))) return undefined;
    throw new CodeseederError(
      'PackFailed',
      `${file} has decorators, and ${tsconfig} sets emitDecoratorMetadata, which needs the TypeScript compiler. Install it in the project: npm i -D typescript`,
    );
  }
  if (!hasApi(compiler)) return emitByCommand(file, source, tsconfig);
  const parsed = parseTsconfig(compiler, tsconfig);
  if (parsed.options.emitDecoratorMetadata !== true) return undefined;
  return emitModule(compiler, programOf(compiler, tsconfig, parsed, file), file);
}

function findCompiler(file: string): Compiler | undefined {
  try {
    return createRequire(file)('typescript') as Compiler;
  } catch {
    return undefined;
  }
}

/** Returns whether the package exports the API of TypeScript 6 and earlier. */
function hasApi(compiler: Partial<Compiler>): boolean {
  return compiler.createProgram !== undefined;
}

function parseTsconfig(compiler: Compiler, tsconfig: string): TypeScript.ParsedCommandLine {
  const { config } = compiler.readConfigFile(tsconfig, (name) => compiler.sys.readFile(name)) as {
    config: unknown;
  };
  return compiler.parseJsonConfigFileContent(config ?? {}, compiler.sys, path.dirname(tsconfig));
}

/** Returns a program of all modules of a tsconfig, so that it knows the types of other files, as `tsc` does. */
function programOf(
  compiler: Compiler,
  tsconfig: string,
  { options, fileNames }: TypeScript.ParsedCommandLine,
  file: string,
): TypeScript.Program {
  const known = programs.get(tsconfig);
  if (known?.getSourceFile(file)?.text === compiler.sys.readFile(file)) return known as TypeScript.Program;
  const program = compiler.createProgram({
    rootNames: [...new Set([...fileNames, file])],
    options: { ...options, ...emitOptions(compiler), jsx: jsxOf(compiler, options) },
  });
  programs.set(tsconfig, program);
  return program;
}

/** Returns options that keep module syntax. esbuild links the modules and lowers their syntax afterwards. */
function emitOptions(compiler: Compiler): TypeScript.CompilerOptions {
  return {
    module: compiler.ModuleKind.ESNext,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    ...EMIT_OPTIONS,
  };
}

/** Returns how JSX is compiled: as esbuild does, which also compiles JSX for which a tsconfig sets `preserve`. */
function jsxOf({ JsxEmit }: Compiler, { jsx }: TypeScript.CompilerOptions): TypeScript.JsxEmit {
  return jsx === JsxEmit.ReactJSX || jsx === JsxEmit.ReactJSXDev ? jsx : JsxEmit.React;
}

function emitModule(compiler: Compiler, program: TypeScript.Program, file: string): StrippedModule {
  let text: string | undefined;
  let map = '';
  const source = program.getSourceFile(file);
  program.emit(source, (name, content) => {
    if (name.endsWith('.map')) map = content;
    else text = content;
  });
  if (source === undefined || text === undefined) {
    const reason = compiler.flattenDiagnosticMessageText(
      program.getOptionsDiagnostics()[0]?.messageText,
      ' ',
    );
    throw new CodeseederError(
      'PackFailed',
      `TypeScript compiled no code for ${file}: ${reason || 'it reported no error'}. Check its tsconfig.json.`,
    );
  }
  return { text: text.replace(/\n\/\/# sourceMappingURL=[^\n]*\s*$/, '\n'), map };
}
