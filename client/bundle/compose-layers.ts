import { BUNDLE_LAYERS_MAX } from '../../lib/contract/index.js';
import type { LayerEntry } from './layer/layer.js';

/** The contents of a bundle, by their source. */
export interface BundleParts {
  /** Bundled modules, the files that they read, the runner and the manifest. */
  readonly code: readonly LayerEntry[];
  /** Packages that are included as files. */
  readonly packages: readonly LayerEntry[];
  /** Python code and requirements. */
  readonly python: readonly LayerEntry[];
  /** Files of the user's `dirs` and `files`. */
  readonly listed: readonly LayerEntry[];
}

/** The contents of one layer. */
export interface LayerPart {
  /** Name of the layer in messages. */
  readonly name: string;
  readonly entries: readonly LayerEntry[];
}

/**
 * Divides a bundle into layers by how often its parts change: the code, the packages, Python code, each of `dirs` and
 * all of `files`. A build has a limited number of layers. If there are more parts, the last layer contains all
 * remaining folders. A file of the user's `dirs` and `files` replaces a file that packing found for the same path.
 */
export function composeLayers(
  { code, packages, python, listed }: BundleParts,
  { dirs, files }: { readonly dirs: readonly string[]; readonly files: readonly string[] },
): LayerPart[] {
  const listedPaths = new Set(listed.map((entry) => entry.path));
  const unlessListed = (entries: readonly LayerEntry[]) =>
    entries.filter(({ path }) => !listedPaths.has(path));
  const parts = [
    { name: 'code', entries: unlessListed(code) },
    { name: 'packages', entries: unlessListed(packages) },
    { name: 'python', entries: unlessListed(python) },
    ...divideByFolder(listed, dirs, new Set(files)),
  ].filter(({ name, entries }) => name === 'code' || entries.length > 0);
  if (parts.length <= BUNDLE_LAYERS_MAX) return parts;
  const rest = parts.slice(BUNDLE_LAYERS_MAX - 1);
  return [
    ...parts.slice(0, BUNDLE_LAYERS_MAX - 1),
    { name: `${rest.length} folders`, entries: rest.flatMap(({ entries }) => entries) },
  ];
}

/**
 * Puts each entry into the layer of the deepest folder of `dirs` that contains it, and single files into one layer of
 * their own.
 */
function divideByFolder(
  listed: readonly LayerEntry[],
  dirs: readonly string[],
  files: ReadonlySet<string>,
): LayerPart[] {
  const innermostFirst = [...dirs].sort((a, b) => b.length - a.length);
  const single: LayerEntry[] = [];
  const byFolder = new Map<string, LayerEntry[]>([...dirs].sort().map((dir) => [dir, []]));
  for (const entry of listed) {
    const dir = innermostFirst.find((name) => entry.path === name || entry.path.startsWith(`${name}/`));
    if (files.has(entry.path) || dir === undefined) single.push(entry);
    else byFolder.get(dir)?.push(entry);
  }
  return [
    { name: 'files', entries: single },
    ...[...byFolder].map(([dir, entries]) => ({ name: `dirs/${dir}`, entries })),
  ];
}
