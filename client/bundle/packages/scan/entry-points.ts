import path from 'node:path';

import type { PackageJson } from '../installed/package-json.js';

const FOR_DEVELOPMENT =
  /(?:^|\/)(?:tests?|__tests__|specs?|examples?|benchmarks?|bench|fixtures|docs?|demos?)\/|(?:^|[./_-])(?:test|spec|bench|benchmark|karma\.conf|Gruntfile|gulpfile|(?:rollup|webpack|jest|vite|vitest|eslint|babel)\.config)\.[cm]?js$/i;

/** Returns whether the path of a script belongs to a test, an example or a tool for developing the package. */
export function isForDevelopment(below: string): boolean {
  return FOR_DEVELOPMENT.test(below);
}

/**
 * Returns the scripts that can be imported from outside the package: the scripts that `exports` names. Without
 * `exports`, these are all scripts except commands and scripts for development.
 *
 * @param scripts paths below the package's folder
 */
export function entryPointsOf(json: PackageJson, scripts: readonly string[]): string[] {
  const { exports, imports, module, main } = json.raw;
  const commands = new Set(Object.values(json.bin).map((file) => path.posix.normalize(file)));
  if (exports === undefined || exports === null) {
    return scripts.filter((script) => !commands.has(script) && !isForDevelopment(script));
  }
  const targets = [exports, imports, module, main]
    .flatMap(textsIn)
    .map((target) => path.posix.normalize(target));
  const files = new Set(targets);
  const patterns = targets.filter((target) => target.includes('*') || target.endsWith('/')).map(patternOf);
  return scripts.filter(
    (script) =>
      files.has(script) ||
      files.has(script.replace(/(?:\/index)?\.\w+$/, '')) ||
      patterns.some((isTarget) => isTarget(script)),
  );
}

/**
 * Returns a function that matches the files of a target of `exports`. In a target, `*` is any text, and a folder stands
 * for all files in it.
 */
function patternOf(target: string): (script: string) => boolean {
  if (!target.includes('*')) return (script) => script.startsWith(target);
  const start = target.slice(0, target.indexOf('*'));
  const end = target.slice(target.lastIndexOf('*') + 1);
  return (script) => script.startsWith(start) && script.endsWith(end);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
