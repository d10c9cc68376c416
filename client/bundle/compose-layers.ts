import { BUNDLE_LAYERS_MAX } from '../../lib/contract/index.js';
import type { LayerEntry } from './layer/layer.js';

/** What a bundle has, by where it comes from. */
export interface BundleParts {
  /** Bundled modules, with the files that they name beside themselves, runner and manifest. */
  readonly code: readonly LayerEntry[];
  /** Packages kept as files. */
  readonly packages: readonly LayerEntry[];
  /** Python code and requirements. */
  readonly python: readonly LayerEntry[];
  /** What the user's `dirs` and `files` give. */
  readonly given: readonly LayerEntry[];
}

export interface LayerPart {
  /** Name of the layer for people. */
  readonly name: string;
  readonly entries: readonly LayerEntry[];
}

/**
 * Divides a bundle into layers by how often its parts change: the code, the packages, each of `dirs`, and so on. Folders
 * beyond the number of layers that a build can have share the last one. What the user gives for a place takes the place
 * of what was found there.
 *
 * @param names places of the user's `dirs` and `files`
 */
export function composeLayers(
  { code, packages, python, given }: BundleParts,
  { dirs, files }: { readonly dirs: readonly string[]; readonly files: readonly string[] },
): LayerPart[] {
  const givenPaths = new Set(given.map((entry) => entry.path));
  const unlessGiven = (entries: readonly LayerEntry[]) => entries.filter(({ path }) => !givenPaths.has(path));
  const ofFolders = divideByFolder(given, dirs, new Set(files));
  const parts = [
    { name: 'code', entries: unlessGiven(code) },
    { name: 'packages', entries: unlessGiven(packages) },
    { name: 'python', entries: unlessGiven(python) },
    ...ofFolders,
  ].filter(({ name, entries }) => name === 'code' || entries.length > 0);
  if (parts.length <= BUNDLE_LAYERS_MAX) return parts;
  const rest = parts.slice(BUNDLE_LAYERS_MAX - 1);
  return [
    ...parts.slice(0, BUNDLE_LAYERS_MAX - 1),
    { name: `${rest.length} folders`, entries: rest.flatMap(({ entries }) => entries) },
  ];
}

/** Each file and folder belongs to the innermost of `dirs` that it is in; single files are together. */
function divideByFolder(
  given: readonly LayerEntry[],
  dirs: readonly string[],
  files: ReadonlySet<string>,
): LayerPart[] {
  const innermostFirst = [...dirs].sort((a, b) => b.length - a.length);
  const single: LayerEntry[] = [];
  const byFolder = new Map<string, LayerEntry[]>([...dirs].sort().map((dir) => [dir, []]));
  for (const entry of given) {
    const dir = innermostFirst.find((name) => entry.path === name || entry.path.startsWith(`${name}/`));
    if (files.has(entry.path) || dir === undefined) single.push(entry);
    else byFolder.get(dir)?.push(entry);
  }
  return [
    { name: 'files', entries: single },
    ...[...byFolder].map(([dir, entries]) => ({ name: `dirs/${dir}`, entries })),
  ];
}
