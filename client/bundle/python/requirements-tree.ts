import { CodeseederError } from '../../../lib/contract/index.js';
import { kindAt, plainPath } from './local-reference.js';
import type { PackingPlace } from './named.js';
import { readRequirementsFile, type ReadLine, type RequirementsFile } from './requirements-file.js';

/** The requirements files of a run, and all files that they name. */
export interface RequirementsTree {
  /** Files to install from, in order. */
  readonly roots: readonly RequirementsFile[];
  readonly files: readonly RequirementsFile[];
  /** Returns the lines of a file and of the files that it names, in the order in which pip reads them. */
  linesBelow(file: RequirementsFile): readonly TreeLine[];
}

export interface TreeLine {
  readonly read: ReadLine;
  readonly isConstraint: boolean;
}

/**
 * Reads requirements files and the files that they name with `-r` and `-c`. Nothing is installed from a constraints
 * file; it only limits versions.
 *
 * @throws CodeseederError `PackFailed`
 */
export async function readRequirementsTree(
  requirements: readonly string[],
  place: PackingPlace,
): Promise<RequirementsTree> {
  const files = new Map<string, RequirementsFile>();
  const roots: RequirementsFile[] = [];
  for (const file of requirements) {
    if ((await kindAt(file)) !== 'file')
      throw new CodeseederError('PackFailed', `The file ${file} is missing. Create it, or correct its path.`);
    const root = await read(await plainPath(file));
    if (!roots.includes(root)) roots.push(root);
  }
  const constraints = new Set(
    [...files.values()].flatMap(({ lines }) => lines).flatMap((line) => includesOf(line, 'constraint')),
  );
  const installed = roots.filter((root) => !constraints.has(root.path));
  return {
    roots: installed.length === 0 ? roots : installed,
    files: [...files.values()],
    linesBelow: (file) => [...below(file, false, new Set())],
  };

  async function read(file: string): Promise<RequirementsFile> {
    const known = files.get(file);
    if (known !== undefined) return known;
    const found = await readRequirementsFile(file, place);
    files.set(file, found);
    for (const line of found.lines) {
      for (const include of [...includesOf(line, 'requirement'), ...includesOf(line, 'constraint')])
        await read(include);
    }
    return found;
  }

  function* below(file: RequirementsFile, isConstraint: boolean, seen: Set<string>): Generator<TreeLine> {
    const visit = `${isConstraint} ${file.path}`;
    if (seen.has(visit)) return;
    seen.add(visit);
    for (const line of file.lines) {
      yield { read: line, isConstraint };
      for (const { name, include } of line.options) {
        const included = include === undefined ? undefined : files.get(include);
        if (included !== undefined) yield* below(included, name === 'constraint', seen);
      }
    }
  }
}

function includesOf({ options }: ReadLine, option: 'requirement' | 'constraint'): string[] {
  return options.flatMap(({ name, include }) => (name === option && include !== undefined ? [include] : []));
}
