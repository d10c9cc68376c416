/** What a path of npm's protocol is about. */
export type NpmPath =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'dist-tags'; readonly packageName: string; readonly tag?: string }
  | { readonly kind: 'packument'; readonly packageName: string }
  | { readonly kind: 'tarball'; readonly packageName: string; readonly fileName: string }
  | { readonly kind: 'version'; readonly packageName: string; readonly version: string };

const NAME = String.raw`((?:@[a-zA-Z0-9~-][\w.~-]*/)?[a-zA-Z0-9~_-][\w.~-]*)`;
const DIST_TAGS = new RegExp(`^-/package/${NAME}/dist-tags(?:/([^/]+))?$`);
const SERVICE = /^-\/(.+)$/;
const PACKAGE = new RegExp(`^${NAME}/?$`);
const TARBALL = new RegExp(`^${NAME}/-/(?:@[^/]+/)?([^/]+)$`);
const VERSION = new RegExp(`^${NAME}/([^/]+)$`);

/**
 * @param path below the repository, decoded
 * @returns undefined when npm has no such path
 */
export function parseNpmPath(path: string): NpmPath | undefined {
  const tags = DIST_TAGS.exec(path);
  if (tags !== null) {
    const [, packageName = '', tag] = tags;
    return { kind: 'dist-tags', packageName, ...(tag === undefined ? {} : { tag }) };
  }
  const service = SERVICE.exec(path);
  if (service !== null) return { kind: 'service', name: service[1] ?? '' };
  const whole = PACKAGE.exec(path);
  if (whole !== null) return { kind: 'packument', packageName: whole[1] ?? '' };
  const tarball = TARBALL.exec(path);
  if (tarball !== null) {
    return { kind: 'tarball', packageName: tarball[1] ?? '', fileName: tarball[2] ?? '' };
  }
  const version = VERSION.exec(path);
  if (version === null) return undefined;
  return { kind: 'version', packageName: version[1] ?? '', version: version[2] ?? '' };
}

/** The name of a version's file in its URL: without the scope. */
export function tarballName(packageName: string, version: string): string {
  return `${packageName.slice(packageName.indexOf('/') + 1)}-${version}.tgz`;
}
