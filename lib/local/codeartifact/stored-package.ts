import type { Blob } from '../durable/blob-folder.js';

export const PACKAGE_FORMATS = ['npm', 'pypi'] as const;
export type PackageFormat = (typeof PACKAGE_FORMATS)[number];

export interface StoredAsset {
  readonly fileName: string;
  readonly blob: Blob;
  /** SHA-256 of the file in hexadecimal digits. */
  readonly sha256: string;
  /** The Python versions that a Python file requires, such as `>=3.9`. */
  readonly requiresPython?: string | undefined;
}

export interface StoredVersion {
  /** Id that changes when the version's assets change. */
  readonly revision: string;
  readonly publishedAtMs: number;
  readonly assets: readonly StoredAsset[];
  readonly summary?: string | undefined;
  readonly homePage?: string | undefined;
  readonly license?: string | undefined;
  /** The `package.json`, as npm sent it. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** All versions of one package in one repository. */
export interface StoredPackage {
  readonly versions: Readonly<Record<string, StoredVersion>>;
  /** Versions by npm's distribution tag. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Returns the latest version of a package. @returns undefined for a package without versions */
export function latestVersion({ versions, tags }: StoredPackage): string | undefined {
  const tagged = tags['latest'];
  if (tagged !== undefined && Object.hasOwn(versions, tagged)) return tagged;
  const newestFirst = Object.entries(versions).sort(([, a], [, b]) => b.publishedAtMs - a.publishedAtMs);
  return newestFirst[0]?.[0];
}

/** Returns the package without the removed versions and the tags that point to them. */
export function withoutVersions(stored: StoredPackage, removed: readonly string[]): StoredPackage {
  const isKept = (version: string) => !removed.includes(version);
  return {
    versions: Object.fromEntries(Object.entries(stored.versions).filter(([version]) => isKept(version))),
    tags: Object.fromEntries(Object.entries(stored.tags).filter(([, version]) => isKept(version))),
  };
}
