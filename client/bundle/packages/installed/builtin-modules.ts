import { builtinModules } from 'node:module';

const BUILTINS = new Set(builtinModules);

/** Returns whether a specifier names a module of Node itself, such as `fs/promises` or `node:test`. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || BUILTINS.has(specifier);
}

/** Returns whether a specifier is Node's own module loader. */
export function isModuleLoader(specifier: string): boolean {
  return specifier === 'module' || specifier === 'node:module';
}
