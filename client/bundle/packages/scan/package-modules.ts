import path from 'node:path';

/** Endings that a relative import may omit. */
const ENDINGS = [
  '',
  '.js',
  '.json',
  '.cjs',
  '.mjs',
  '.ts',
  '.tsx',
  '/index.js',
  '/index.cjs',
  '/index.mjs',
  '/index.json',
  '/index.ts',
];

const NO_MODULE = /\.(?!(?:[cm]?[jt]sx?|json|node)$)[a-z]+$/i;

/** The files of a package as targets of its relative imports. */
export class PackageModules {
  readonly #files: ReadonlySet<string>;
  /** Folders with a `package.json` of their own. An import of such a folder may load any file in it. */
  readonly #described: ReadonlySet<string>;

  /** @param files paths below the package's folder */
  constructor(files: readonly string[]) {
    this.#files = new Set(files);
    this.#described = new Set(
      files.filter((file) => file.endsWith('/package.json')).map((file) => path.posix.dirname(file)),
    );
  }

  /** Returns whether a relative import can be resolved. An import that leaves the package counts as resolved. */
  has(specifier: string, from: string): boolean {
    const place = placeOf(specifier, from);
    if (isOutside(place) || this.#described.has(place)) return true;
    // A file with another extension does not count: Node would read it as JavaScript, and a bundler refuses it.
    return ENDINGS.some((ending) => this.#files.has(place + ending) && !NO_MODULE.test(place + ending));
  }

  /** Returns the files that a relative import may resolve to. */
  targetsOf(specifier: string, from: string): string[] {
    const place = placeOf(specifier, from);
    if (isOutside(place)) return [];
    const found = ENDINGS.map((ending) => place + ending).filter((file) => this.#files.has(file));
    if (found.length > 0 || !this.#described.has(place)) return found;
    return [...this.#files].filter((file) => file.startsWith(`${place}/`));
  }
}

/** Returns the files that can be reached from `entries`, including these. */
export function reachableFrom(
  entries: readonly string[],
  next: (file: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set(entries);
  for (const file of reached) for (const target of next(file)) reached.add(target);
  return reached;
}

function placeOf(specifier: string, from: string): string {
  const plain = specifier.replace(/[?#].*$/, '');
  return path.posix.join(path.posix.dirname(from), plain).replace(/\/$/, '');
}

/** Returns whether a path is the package's folder itself, or outside it. */
function isOutside(place: string): boolean {
  return place === '.' || place === '' || place.startsWith('..');
}
