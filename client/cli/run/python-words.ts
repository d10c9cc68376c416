import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { MODULE_NAME, placeOfModule } from '../../bundle/python/place-of-module.js';
import { UsageError } from '../exit-code.js';
import { quoteWord } from '../quote-word.js';

/** Matches a file of Python, and its function if one is named. */
const FILE_OF_PYTHON = /^([^#:]+\.py)(?:[#:]([^#:/\\\s]+))?$/;

/** Matches the name of a module with those of its packages. */
const DOTTED_NAME = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Where the command line finds Python code. */
interface PythonPlaces {
  readonly workingFolder: string;
  /** Local modules that flags and config name: name -> path. */
  readonly localModules: Readonly<Record<string, string>>;
}

/** The module of a file. */
interface FileModule {
  /** Dotted name by which a run imports it. */
  readonly name: string;
  /** Top-level package or file that a flag must include; undefined if flags or config include it. */
  readonly missing: string | undefined;
}

/**
 * Refuses a Python file, because a function is named by its module.
 *
 * @param start the command line before the target
 * @throws UsageError with the module of the file, and with the flag for its package unless that is included
 */
export function refusePythonFile(target: string, places: PythonPlaces, start: string): void {
  const [, file, functionName = 'FUNCTION'] = FILE_OF_PYTHON.exec(target) ?? [];
  if (file === undefined || !isFile(path.resolve(places.workingFolder, file))) return;
  const found = moduleOfFile(path.resolve(places.workingFolder, file), places);
  const problem = `${JSON.stringify(target)} names a file. A Python function is MODULE:FUNCTION`;
  const unusable = found.name.split('.').find((part) => !MODULE_NAME.test(part));
  if (unusable !== undefined) {
    throw new UsageError(
      `${problem}, and ${unusable} is not a name that Python imports. Rename it, with letters, digits and underscores.`,
    );
  }
  const flag = flagFor(found, places.workingFolder);
  const form = `${found.name}:${functionName}${flag}`;
  const program = target === file ? `. To run the file: ${start} --dir . -- python3 ${quoteWord(file)}` : '';
  throw new UsageError(`${problem}${flag === '' ? '' : ' with its code'}: ${form}${program}`);
}

/** Returns the flag that includes a module, after a space; an empty text if it is included. */
function flagFor({ name, missing }: FileModule, workingFolder: string): string {
  if (missing === undefined) return '';
  const place = path.relative(workingFolder, missing) || '.';
  return ` --local-module ${name.split('.')[0]}=${quoteWord(place)}`;
}

/** Refuses a Python module without a function. @throws UsageError */
export function refusePythonModule(target: string, { workingFolder, localModules }: PythonPlaces): void {
  const [first = ''] = target.split('.');
  const isKnown = Object.hasOwn(localModules, first) || placeOfModule(first, workingFolder) !== undefined;
  if (!DOTTED_NAME.test(target) || !isKnown) return;
  const meant = withColon(target, { workingFolder, localModules });
  if (meant !== undefined)
    throw new UsageError(
      `${JSON.stringify(target)} has no colon before its function. Did you mean ${meant}?`,
    );
  throw new UsageError(
    `${JSON.stringify(target)} is a Python module without a function. Name a function of it: ${target}:FUNCTION`,
  );
}

/** Returns `module:function` if the last part of a name is a function of the module before it; undefined otherwise. */
function withColon(target: string, { workingFolder, localModules }: PythonPlaces): string | undefined {
  const [first = '', ...rest] = target.split('.');
  const functionName = rest.pop();
  if (functionName === undefined) return undefined;
  const included = Object.hasOwn(localModules, first) ? localModules[first] : undefined;
  const top = path.resolve(workingFolder, included ?? placeOfModule(first, workingFolder)?.path ?? first);
  const places = [path.join(top, ...rest), path.join(top, first, ...rest)];
  if (isFile(top) && rest.length > 0) return undefined;
  const files = isFile(top)
    ? [top]
    : places.flatMap((place) => [`${place}.py`, path.join(place, '__init__.py')]);
  const definition = new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${functionName}[ \\t]*[([]`, 'm');
  const isDefined = files.filter(isFile).some((file) => definition.test(readFileSync(file, 'utf8')));
  return isDefined ? `${[first, ...rest].join('.')}:${functionName}` : undefined;
}

/** Finds the name by which a run imports a file. */
function moduleOfFile(file: string, { workingFolder, localModules }: PythonPlaces): FileModule {
  const top = topOf(file);
  const included = Object.entries(localModules)
    .map(([name, place]) => ({ name, place: path.resolve(workingFolder, place) }))
    .filter(({ place }) => file === place || file.startsWith(place + path.sep))
    .toSorted((one, other) => other.place.length - one.place.length)
    .at(0);
  const ofTop = dottedName([path.basename(top, '.py')], top, file);
  if (included === undefined) return { name: ofTop, missing: top };
  const { name, place } = included;
  if (place.length < top.length && isProject(place)) return { name: ofTop, missing: undefined };
  const isNamed = place.length >= top.length || path.basename(place) === name;
  return { name: dottedName(isNamed ? [name] : [], place, file), missing: undefined };
}

/** Returns the folder of the outermost package of a file; the file itself if it is in no package. */
function topOf(file: string): string {
  let top = file;
  while (isFile(path.join(path.dirname(top), '__init__.py')) && path.dirname(top) !== top)
    top = path.dirname(top);
  return top;
}

/** Joins the names below a folder to those before it. */
function dottedName(before: readonly string[], folder: string, file: string): string {
  const below = path.relative(folder, file).replace(/(^|\/)__init__\.py$|\.py$/, '');
  return [...before, ...below.split(path.sep).filter((part) => part !== '')].join('.');
}

/** Returns whether an installer may take the modules of a folder from elsewhere in it, such as from its `src`. */
function isProject(folder: string): boolean {
  return ['pyproject.toml', 'setup.py'].some((file) => existsSync(path.join(folder, file)));
}

function isFile(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isFile() === true;
}
