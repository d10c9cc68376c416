import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import ignore from 'ignore';

import { rebased } from './rebased-patterns.js';

/** What is left out of folders. */
export interface IgnoreRules {
  /** Patterns as in a `.gitignore` file, after {@link IGNORED}: the last that matches wins. */
  readonly ignore?: readonly string[];
  /** Whether `.gitignore` files count. @default false */
  readonly gitignore?: boolean;
}

/** Left out of every folder, matched on each segment below it. */
const IGNORED = [
  'build',
  '.mypy_cache',
  '*.egg-info',
  '__pycache__',
  'codeseeder.out',
  'dist',
  'node_modules',
  'cdk.out',
  '.git',
];

/** Tells what is left out of a folder that is walked. Paths count from the folder that was given, with `/`. */
export interface FolderFilter {
  isIgnored(below: string, isFolder: boolean): boolean;
  /** The filter of what lies in a folder below, whose own `.gitignore` counts there. */
  enter(below: string): Promise<FolderFilter>;
}

/** @param root the folder that was given */
export async function folderFilter(root: string, rules: IgnoreRules): Promise<FolderFilter> {
  if (rules.gitignore !== true) return createFilter({ root, place: '', found: [], rules });
  const top = await repositoryAround(root);
  const segments = path.relative(top, root).split(path.sep).filter(Boolean);
  const places = segments.map((_, depth) => segments.slice(0, depth).join('/'));
  const above = await Promise.all(places.map((place) => patternsIn(path.join(top, place), place)));
  const place = segments.join('/');
  // A folder that was given is taken along, whatever is said of it above.
  const itself = segments.flatMap((segment, depth) => rebased([`!/${segment}`], places[depth] ?? ''));
  const found = [...above.flat(), ...itself, ...(await patternsIn(root, place))];
  return createFilter({ root, place, found, rules });
}

interface FilterState {
  readonly root: string;
  /** The root's path below the topmost folder whose `.gitignore` counts. */
  readonly place: string;
  /** Patterns of `.gitignore` files, counting from that folder. */
  readonly found: readonly string[];
  readonly rules: IgnoreRules;
}

/** All patterns are in one list, because one that matches later takes back what an earlier one says. */
function createFilter(state: FilterState): FolderFilter {
  const { root, place, found, rules } = state;
  const own = rebased([...IGNORED, ...(rules.ignore ?? [])], place);
  const matcher = ignore({ ignorecase: false }).add([...found, ...own]);
  const filter: FolderFilter = {
    isIgnored: (below, isFolder) => matcher.ignores(`${joined(place, below)}${isFolder ? '/' : ''}`),
    async enter(below) {
      if (rules.gitignore !== true) return filter;
      const more = await patternsIn(path.join(root, below), joined(place, below));
      return more.length === 0 ? filter : createFilter({ ...state, found: [...found, ...more] });
    },
  };
  return filter;
}

/** The patterns of a folder's `.gitignore`, rewritten to count from the topmost folder. */
async function patternsIn(folder: string, place: string): Promise<string[]> {
  const text = await readFile(path.join(folder, '.gitignore'), 'utf8').catch(() => '');
  return rebased(text.split(/\r?\n/), place);
}

/** The nearest folder that holds a `.git`, else the folder itself. */
async function repositoryAround(folder: string): Promise<string> {
  for (let current = folder; ; current = path.dirname(current)) {
    const isRepository = await stat(path.join(current, '.git')).then(
      () => true,
      () => false,
    );
    if (isRepository) return current;
    if (path.dirname(current) === current) return folder;
  }
}

function joined(place: string, below: string): string {
  return place === '' ? below : `${place}/${below}`;
}
