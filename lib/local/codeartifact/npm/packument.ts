import { latestVersion, type StoredPackage, type StoredVersion } from '../stored-package.js';
import { tarballName } from './npm-path.js';

/**
 * What npm reads of a package: all its versions, with addresses of the place as it listens now.
 * @param registryUrl with a slash at its end
 * @see https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
export function packument(name: string, stored: StoredPackage, registryUrl: string): object {
  const versions = Object.entries(stored.versions);
  const times = versions.map(([version, { publishedAtMs }]) => [version, isoTime(publishedAtMs)] as const);
  const published = versions.map(([, { publishedAtMs }]) => publishedAtMs);
  const latest = latestVersion(stored);
  return {
    _id: name,
    name,
    'dist-tags': { ...stored.tags, ...(latest === undefined ? {} : { latest }) },
    versions: Object.fromEntries(
      versions.map(([version, each]) => [version, publicManifest(name, version, each, registryUrl)]),
    ),
    time: {
      created: isoTime(Math.min(...published)),
      modified: isoTime(Math.max(...published)),
      ...Object.fromEntries(times),
    },
  };
}

/** One version's `package.json` with where its tarball is. */
export function publicManifest(
  name: string,
  version: string,
  { manifest = {} }: StoredVersion,
  registryUrl: string,
): object {
  const dist = typeof manifest['dist'] === 'object' ? manifest['dist'] : {};
  return {
    ...manifest,
    dist: { ...dist, tarball: `${registryUrl}${name}/-/${tarballName(name, version)}` },
  };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
