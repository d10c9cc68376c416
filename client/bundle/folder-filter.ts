import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import ignore from 'ignore';

import { ALWAYS_IGNORED, ENVIRONMENT_FILE } from './ignored-patterns.js';
import { rebased } from './rebased-patterns.js';

/** What to leave out of folders. */
export interface IgnoreRules {
  /** Patterns as in a `.gitignore` file, after {@link ALWAYS_IGNORED}: the last that matches wins. */
  readonly ignore?: readonly string[];
  /** Whether `.gitignore` files count. @default false */
  readonly gitignore?: boolean;
  /** Patterns after {@link ALWAYS_IGNORED} and before those of `ignore`. */
  readonly alsoIgnored?: readonly string[];
}

/** Decides what is left out of a folder. Paths count from the folder that was given, with `/`. */
export interface FolderFilter {
  /** Returns the pattern that leaves out a file or folder, as it was given; undefined for what is taken along. */
  ignoredBy(below: string, isFolder: boolean): string | undefined;
  /** Returns the pattern that leaves out a folder because of what is in it. */
  ignoredByContent(below: string, names: readonly (string | Buffer)[]): string | undefined;
  /** Returns the filter of a folder below, with the patterns of that folder's own `.gitignore`. */
  enter(below: string): FolderFilter;
}

/** A pattern as the matcher takes it, with the text that was given as its mark. */
interface GivenPattern {
  readonly pattern: string;
  readonly mark: string;
}

/** Returns the filter of a folder. @param root absolute path of the folder that was given */
export function folderFilter(root: string, rules: IgnoreRules): FolderFilter {
  if (rules.gitignore !== true) return createFilter({ root, place: '', found: [], rules });
  const top = repositoryAround(root);
  const segments = path.relative(top, root).split(path.sep).filter(Boolean);
  const places = segments.map((_, depth) => segments.slice(0, depth).join('/'));
  const above = places.flatMap((place) => patternsIn(path.join(top, place), place));
  const place = segments.join('/');
  // A folder that was given is taken along, whatever the patterns above it match.
  const itself = segments.flatMap((segment, depth) => given([`!/${segment}`], places[depth] ?? ''));
  const found = [...above, ...itself, ...patternsIn(root, place)];
  return createFilter({ root, place, found, rules });
}

interface FilterState {
  readonly root: string;
  /** The root's path below the topmost folder whose `.gitignore` counts. */
  readonly place: string;
  /** Patterns of `.gitignore` files, counting from that folder. */
  readonly found: readonly GivenPattern[];
  readonly rules: IgnoreRules;
}

type Verdict = ReturnType<ReturnType<typeof ignore>['test']>;

/** Puts all patterns into one list, because a pattern that matches later takes back what an earlier one says. */
function createFilter(state: FilterState): FolderFilter {
  const { root, place, found, rules } = state;
  const own = [...ALWAYS_IGNORED, ...(rules.alsoIgnored ?? []), ...(rules.ignore ?? [])];
  const isByName = found.length === 0 && !own.some(isTied);
  const verdictOf = isByName ? matchNames(own) : matchPaths([...found, ...given(own, place)], place);
  const filter: FolderFilter = {
    ignoredBy: (below, isFolder) => verdictOf(below, isFolder).rule?.mark,
    ignoredByContent(below, names) {
      if (!names.includes(ENVIRONMENT_FILE)) return undefined;
      const isTakenBack =
        verdictOf(below, true).unignored || verdictOf(`${below}/${ENVIRONMENT_FILE}`, false).unignored;
      return isTakenBack ? undefined : ENVIRONMENT_FILE;
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

function matchPaths(patterns: readonly GivenPattern[], place: string): Matching {
  const matcher = matcherOf(patterns);
  return (below, isFolder) => matcher.test(`${joined(place, below)}${isFolder ? '/' : ''}`);
}

/**
 * Matches patterns without a slash, which are about names. Those that are a name themselves are looked up, and each
 * name is tested once: in a folder of many files, testing would take as long as listing.
 */
function matchNames(all: readonly string[]): Matching {
  // What comes before a pattern that takes everything has no effect.
  const start = all.lastIndexOf(TAKE_ALL) + 1;
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

const TAKE_ALL = '!*';

/** A pattern that matches one name only. */
const PLAIN_NAME = /^!?[\w.@+-]+$/;

function namesMatcher(patterns: readonly string[]) {
  return matcherOf(given(patterns, ''));
}

function matcherOf(patterns: readonly GivenPattern[]) {
  return ignore({ ignorecase: false, allowRelativePaths: true }).add(patterns);
}

/** A slash before its end ties a pattern to the folder it was given for. */
function isTied(pattern: string): boolean {
  return pattern.slice(0, -1).includes('/');
}

function given(patterns: readonly string[], place: string): GivenPattern[] {
  return patterns.flatMap((mark) => rebased([mark], place).map((pattern) => ({ pattern, mark })));
}

/** The patterns of a folder's `.gitignore`, rewritten to count from the topmost folder. */
function patternsIn(folder: string, place: string): GivenPattern[] {
  try {
    return given(readFileSync(path.join(folder, '.gitignore'), 'utf8').split(/\r?\n/), place);
  } catch {
    return [];
  }
}

/** The nearest folder that holds a `.git`, else the folder itself. */
function repositoryAround(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (existsSync(path.join(current, '.git'))) return current;
    if (path.dirname(current) === current) return folder;
  }
}

function joined(place: string, below: string): string {
  return place === '' ? below : `${place}/${below}`;
}
