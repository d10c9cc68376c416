/** A path of npm's protocol. */
export type NpmPath =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'dist-tags'; readonly packageName: string; readonly tag: string | undefined }
  | { readonly kind: 'packument'; readonly packageName: string }
  | { readonly kind: 'tarball'; readonly packageName: string; readonly fileName: string }
  | { readonly kind: 'version'; readonly packageName: string; readonly version: string };

const NAME = String.raw`((?:@[a-zA-Z0-9~-][\w.~-]*/)?[a-zA-Z0-9~_-][\w.~-]*)`;

/** Patterns of paths. The first one that matches applies. */
const PATHS: readonly (readonly [pattern: RegExp, read: (first: string, second: string) => NpmPath])[] = [
  [
    new RegExp(`^-/package/${NAME}/dist-tags(?:/([^/]+))?$`),
    (packageName, tag) => ({ kind: 'dist-tags', packageName, tag: tag === '' ? undefined : tag }),
  ],
  [/^-\/(.+)$/, (name) => ({ kind: 'service', name })],
  [new RegExp(`^${NAME}/?$`), (packageName) => ({ kind: 'packument', packageName })],
  [
    new RegExp(`^${NAME}/-/(?:@[^/]+/)?([^/]+)$`),
    (packageName, fileName) => ({ kind: 'tarball', packageName, fileName }),
  ],
  [new RegExp(`^${NAME}/([^/]+)$`), (packageName, version) => ({ kind: 'version', packageName, version })],
];

/**
 * Parses a path of npm's protocol.
 * @param path below the repository, decoded
 * @returns undefined when npm has no such path
 */
export function parseNpmPath(path: string): NpmPath | undefined {
  for (const [pattern, read] of PATHS) {
    const match = pattern.exec(path);
    if (match !== null) return read(match[1] ?? '', match[2] ?? '');
  }
  return undefined;
}

/** Returns the file name of a version's tarball. Unlike the name of the package, it has no scope. */
export function tarballName(packageName: string, version: string): string {
  return `${packageName.slice(packageName.indexOf('/') + 1)}-${version}.tgz`;
}
