import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import ignore from 'ignore';

import { ALWAYS_IGNORED, ENVIRONMENT_FILE } from './ignored-patterns.js';
import { rebased } from './rebased-patterns.js';

/** Patterns of files to leave out of folders. */
export interface IgnoreRules {
  /** Patterns as in a `.gitignore` file, applied after {@link ALWAYS_IGNORED}. The last one that matches wins. */
  readonly ignore?: readonly string[];
  /** Whether to apply `.gitignore` files. @default false */
  readonly gitignore?: boolean;
  /** Patterns applied after {@link ALWAYS_IGNORED} and before those of `ignore`. */
  readonly alsoIgnored?: readonly string[];
}

/** Decides which files are left out of a folder. Paths are relative to the folder, with `/`. */
export interface FolderFilter {
  /** Returns the pattern that leaves out a file or folder, as the user wrote it; undefined if it is included. */
  ignoredBy(below: string, isFolder: boolean): string | undefined;
  /** Returns the pattern that leaves out a folder because of a file in it. */
  ignoredByContent(below: string, names: readonly (string | Buffer)[]): string | undefined;
  /** Returns the filter of a subfolder, with the patterns of its own `.gitignore`. */
  enter(below: string): FolderFilter;
}

/** A pattern of the `ignore` package. */
interface MarkedPattern {
  readonly pattern: string;
  /** The pattern as the user wrote it. */
  readonly mark: string;
}

/** Returns the filter of a folder. @param root absolute path of the folder */
export function folderFilter(root: string, rules: IgnoreRules): FolderFilter {
  if (rules.gitignore !== true) return createFilter({ root, place: '', found: [], rules });
  const top = repositoryAround(root);
  const segments = path.relative(top, root).split(path.sep).filter(Boolean);
  const places = segments.map((_, depth) => segments.slice(0, depth).join('/'));
  const above = places.flatMap((place) => patternsIn(path.join(top, place), place));
  const place = segments.join('/');
  // The folder itself is included even if a pattern of a folder above it matches.
  const itself = segments.flatMap((segment, depth) =>
    rebasedAndMarked([`!/${segment}`], places[depth] ?? ''),
  );
  const found = [...above, ...itself, ...patternsIn(root, place)];
  return createFilter({ root, place, found, rules });
}

interface FilterState {
  readonly root: string;
  /** The root's path relative to the topmost folder whose `.gitignore` is applied. */
  readonly place: string;
  /** Patterns of `.gitignore` files, relative to the topmost folder whose `.gitignore` is applied. */
  readonly found: readonly MarkedPattern[];
  readonly rules: IgnoreRules;
}

type Verdict = ReturnType<ReturnType<typeof ignore>['test']>;

/** Creates a filter with all patterns in one list, because a later pattern overrides an earlier one. */
function createFilter(state: FilterState): FolderFilter {
  const { root, place, found, rules } = state;
  const own = [...ALWAYS_IGNORED, ...(rules.alsoIgnored ?? []), ...(rules.ignore ?? [])];
  const isByName = found.length === 0 && !own.some(isAnchored);
  const verdictOf = isByName
    ? matchNames(own)
    : matchPaths([...found, ...rebasedAndMarked(own, place)], place);
  const filter: FolderFilter = {
    ignoredBy: (below, isFolder) => verdictOf(below, isFolder).rule?.mark,
    ignoredByContent(below, names) {
      if (!names.includes(ENVIRONMENT_FILE)) return undefined;
      const isUnignored =
        verdictOf(below, true).unignored || verdictOf(`${below}/${ENVIRONMENT_FILE}`, false).unignored;
      return isUnignored ? undefined : ENVIRONMENT_FILE;
    },
    enter(below) {
      if (rules.gitignore !== true) return filter;
      const more = patternsIn(path.join(root, below), joined(place, below));
      return more.length === 0 ? filter : createFilter({ ...state, found: [...found, ...more] });
    },
  };
  return filter;
}

type Matching = (below: string, isFolder: boolean) => Pick<Verdict, 'rule' | 'unignored'>;

function matchPaths(patterns: readonly MarkedPattern[], place: string): Matching {
  const matcher = matcherOf(patterns);
  return (below, isFolder) => matcher.test(`${joined(place, below)}${isFolder ? '/' : ''}`);
}

/**
 * Matches patterns without a slash, which apply to names. Plain names are looked up in a set, and each name is tested
 * once: in a folder of many files, testing each path would take as long as listing them.
 */
function matchNames(all: readonly string[]): Matching {
  // Only patterns after the last one that includes everything have an effect.
  const start = all.lastIndexOf(INCLUDE_ALL) + 1;
  const [patterns, unmatched] = [all.slice(start), { unignored: start > 0 }];
  const names = new Set(patterns.map((pattern) => pattern.replace(/^!/, '')));
  const others = patterns.filter((pattern) => !PLAIN_NAME.test(pattern));
  const [matcher, matcherOfOthers] = [namesMatcher(patterns), namesMatcher(others)];
  const known = new Map<string, ReturnType<Matching>>();
  return (below, isFolder) => {
    const name = below.slice(below.lastIndexOf('/') + 1);
    const isNamed = names.has(name);
    if (!isNamed && others.length === 0) return unmatched;
    const key = isFolder ? `${name}/` : name;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = (isNamed ? matcher : matcherOfOthers).test(key);
    const verdict = found.ignored || found.unignored ? found : unmatched;
    known.set(key, verdict);
    return verdict;
  };
}

const INCLUDE_ALL = '!*';

/** A pattern that matches one name. */
const PLAIN_NAME = /^!?[\w.@+-]+$/;

function namesMatcher(patterns: readonly string[]) {
  return matcherOf(rebasedAndMarked(patterns, ''));
}

function matcherOf(patterns: readonly MarkedPattern[]) {
  return ignore({ ignorecase: false, allowRelativePaths: true }).add(patterns);
}

/** Returns whether a pattern applies to paths from its own folder: it has a slash before its end. */
function isAnchored(pattern: string): boolean {
  return pattern.slice(0, -1).includes('/');
}

function rebasedAndMarked(patterns: readonly string[], place: string): MarkedPattern[] {
  return patterns.flatMap((mark) => rebased([mark], place).map((pattern) => ({ pattern, mark })));
}

/** Returns the patterns of a folder's `.gitignore`, relative to the topmost folder. */
function patternsIn(folder: string, place: string): MarkedPattern[] {
  try {
    return rebasedAndMarked(readFileSync(path.join(folder, '.gitignore'), 'utf8').split(/\r?\n/), place);
  } catch {
    return [];
  }
}

/**
 * Returns the folder, or the nearest folder above it, that contains a `.git`. If none does, returns the folder itself.
 */
function repositoryAround(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (existsSync(path.join(current, '.git'))) return current;
    if (path.dirname(current) === current) return folder;
  }
}

function joined(place: string, below: string): string {
  return place === '' ? below : `${place}/${below}`;
}
