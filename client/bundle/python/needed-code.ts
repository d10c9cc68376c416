import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { PYTHON_OWN_MODULES } from './own-modules.js';
import { type ModulePlace, placeOfModule } from './place-of-module.js';

/** Maximum number of files that are searched for imports. */
const MAX_FILES = 500;

const REQUIREMENTS = 'requirements.txt';

/** Matches an import from the start of a line; the first group has modules of `import`, the second that of `from`. */
const IMPORTS = /^[ \t]*(?:import[ \t]+([\w., \t]+)|from[ \t]+(\w+)[\w.]*[ \t]+import\b)/gm;

/** What a Python function needs of a folder. */
export interface NeededCode {
  /** Name -> path from the folder, as the option `localModules` names it. The requested module is the first. */
  readonly localModules: Readonly<Record<string, string>>;
  /** Name of the folder's requirements file; undefined if there is none, or no import needs it. */
  readonly requirements: string | undefined;
}

/**
 * Finds a module in a folder, with the modules of the folder that it imports, and those that these import. Reads the
 * sources without Python, so an import by a computed name is not found.
 *
 * @returns undefined if the folder does not have the module
 */
export function neededCode(name: string, folder: string): NeededCode | undefined {
  const localModules = new Map<string, string>();
  const foreign = new Set<string>();
  const waiting = [name];
  let searched = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (localModules.has(next) || PYTHON_OWN_MODULES.has(next)) continue;
    const place = placeOfModule(next, folder);
    if (place === undefined) {
      foreign.add(next);
      continue;
    }
    localModules.set(next, place.path);
    for (const file of filesOf(place, folder).slice(0, MAX_FILES - searched)) {
      searched += 1;
      waiting.push(...importsOf(file));
    }
  }
  if (localModules.size === 0) return undefined;
  const isNeeded = foreign.size > 0 && existsSync(path.join(folder, REQUIREMENTS));
  return {
    localModules: Object.fromEntries(localModules),
    requirements: isNeeded ? REQUIREMENTS : undefined,
  };
}

function filesOf({ path: place, kind }: ModulePlace, folder: string): string[] {
  const start = path.join(folder, place);
  if (kind === 'file') return [start];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.py'))
    .sort()
    .map((file) => path.join(start, file));
}

/** Returns the top-level modules that a file imports. Relative imports are of its own package. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(IMPORTS)].flatMap(([, list, module]) => {
    if (module !== undefined) return [module];
    return (list ?? '').split(',').flatMap((one) => /^\s*(\w+)/.exec(one)?.[1] ?? []);
  });
}
