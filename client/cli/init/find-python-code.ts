import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { ALWAYS_IGNORED, PYTHON_BUILD_PATTERNS } from '../../bundle/files/ignored-patterns.js';
import { kindAt } from '../../bundle/python/local-reference.js';
import { PYTHON_OWN_MODULES } from '../../bundle/python/own-modules.js';
import { MODULE_NAME } from '../../bundle/python/place-of-module.js';
import { readPythonFolder } from '../../bundle/python/python-project.js';
import type { LeftFile } from '../output-types.js';
import { folderExceeds } from './folder-exceeds.js';

/** Limits up to which code is included without asking. */
const MAX_MODULES = 50;
const MAX_FOLDER = { files: 5_000, sizeBytes: 50 * 1024 * 1024 } as const;

/** Packages and modules that a function does not need: tests, and those of tools. */
export const NOT_NEEDED = /^(tests?|test_.*|.*_tests?|setup|conftest|noxfile|docs?|__\w+__)$/;

const KEYWORDS: ReadonlySet<string> = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

const REQUIREMENTS = 'requirements.txt';

/** Python code of a project, as options of runs name it. Paths are relative to the project's folder. */
export interface PythonCode {
  readonly localModules: Readonly<Record<string, string>>;
  readonly requirementsFiles: Readonly<Record<string, string>>;
  /** Code that was found and is not included. */
  readonly leftOut: readonly LeftFile[];
}

/**
 * Finds the top-level packages and modules of a folder and of its `src`, and its `requirements.txt`. A package is a
 * folder with an `__init__.py`. Tests, `setup.py` and `conftest.py` are not reported; other code that is not included
 * is, with the reason.
 */
export async function findPythonCode(folder: string): Promise<PythonCode> {
  const localModules: Record<string, string> = {};
  const leftOut: LeftFile[] = [];
  for (const { name, place } of await candidatesIn(folder)) {
    const advice = await whyNot(name, path.join(folder, place), localModules);
    if (advice === undefined) localModules[name] = `./${place}`;
    else leftOut.push({ file: place, advice });
  }
  const hasRequirements = (await kindAt(path.join(folder, REQUIREMENTS))) === 'file';
  if (!hasRequirements) leftOut.push(...(await uninstalled(folder, Object.keys(localModules))));
  return {
    localModules,
    requirementsFiles: hasRequirements ? { main: `./${REQUIREMENTS}` } : {},
    leftOut,
  };
}

interface Candidate {
  readonly name: string;
  /** Path from the project's folder, with slashes. */
  readonly place: string;
}

/** Lists packages before modules, those of the folder before those of `src`: Python finds them in this order. */
async function candidatesIn(folder: string): Promise<Candidate[]> {
  const isPackage = (place: string) => kindAt(path.join(folder, place, '__init__.py'));
  const roots = (await isPackage('src')) === 'file' ? [''] : ['', 'src/'];
  const packages: Candidate[] = [];
  const modules: Candidate[] = [];
  for (const root of roots) {
    const entries = await readdir(path.join(folder, root), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const place = `${root}${entry.name}`;
      const name = path.basename(entry.name, '.py');
      if (NOT_NEEDED.test(name) || name.startsWith('.') || isIgnored(entry.name)) continue;
      if (entry.isFile() && name !== entry.name) modules.push({ name, place });
      if (entry.isDirectory() && (await isPackage(place)) === 'file')
        packages.push({ name: entry.name, place });
    }
  }
  return [...packages, ...modules];
}

function isIgnored(name: string): boolean {
  return [...ALWAYS_IGNORED, ...PYTHON_BUILD_PATTERNS].some((pattern) => pattern === name);
}

/** Returns why code is not included, and what to do; undefined if nothing is against it. */
async function whyNot(
  name: string,
  source: string,
  included: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (!MODULE_NAME.test(name) || KEYWORDS.has(name))
    return `${name} is not a name that Python imports; use letters, digits and underscores`;
  if (Object.hasOwn(included, name)) return `${included[name]} has the same name`;
  if (PYTHON_OWN_MODULES.has(name)) return `it would replace the module ${name} of Python; rename it`;
  if (Object.keys(included).length >= MAX_MODULES)
    return `only ${MAX_MODULES} modules are included; add it to localModules if a function needs it`;
  if ((await kindAt(source)) === 'file') return undefined;
  const { isProject, isLocked } = await readPythonFolder(source).catch(() => ({
    isProject: true,
    isLocked: false,
  }));
  if (isProject || isLocked)
    return 'it is a project of its own, which every run would install; add it to localModules if a function needs it';
  if (await folderExceeds(source, MAX_FOLDER))
    return `it has more than ${MAX_FOLDER.files.toLocaleString('en')} files or 50 MiB, which would be uploaded; add it to localModules if a function needs it`;
  return undefined;
}

/** Reports a project whose packages a run does not install, because no requirements file has them. */
async function uninstalled(folder: string, [module]: readonly string[]): Promise<LeftFile[]> {
  const { isProject, isLocked } = await readPythonFolder(folder).catch(() => ({
    isProject: false,
    isLocked: false,
  }));
  if (module === undefined || !(isProject || isLocked)) return [];
  for (const file of ['pyproject.toml', 'setup.py', 'setup.cfg']) {
    const text = await readFile(path.join(folder, file), 'utf8').catch(() => '');
    if (!/\bdependencies\b|install_requires/.test(text)) continue;
    const advice = `runs do not install the packages that it names. To install this project with them, set ${module} in localModules to "."`;
    return [{ file, advice }];
  }
  return [];
}
