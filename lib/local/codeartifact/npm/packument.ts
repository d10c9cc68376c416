import { latestVersion, type StoredPackage, type StoredVersion } from '../stored-package.js';
import { tarballName } from './npm-path.js';

/**
 * Returns the metadata of a package ("packument" in npm's terms): all its versions, with tarball URLs on the current
 * port.
 * @param registryUrl with a trailing slash
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
    'dist-tags': { ...stored.tags, latest },
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

/** Returns the `package.json` of a version with the URL of its tarball. */
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
