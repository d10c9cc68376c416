/**
 * Caches: folders that a build restores from the seedkit's bucket before its commands and saves after them. CodeBuild
 * transfers one folder of archives; `client/runner-cache/cache.sh` packs and unpacks them.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/caching-s3.html
 */
import { z } from 'zod';

/** Maximum number of fallback keys of a request. CodeBuild accepts five, and codeseeder adds one of its own. */
export const CACHE_FALLBACK_KEYS_MAX = 4;
/** Maximum number of paths of a cache. */
export const CACHE_PATHS_MAX = 20;

/**
 * A cache key. CodeBuild evaluates shell expressions in the key of a buildspec's cache, so a key has no character with
 * a meaning to the shell.
 */
export const cacheKeySchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/,
    'a cache key has 1 to 200 letters, digits and . _ / -, and starts with a letter or digit',
  );

/**
 * A folder or file: relative to the run's folder, below `~/`, or absolute. It has no wildcards and no character with a
 * meaning to the shell.
 */
export const cachePathSchema = z
  .string()
  .max(512)
  .regex(
    /^(~\/|\/)?[A-Za-z0-9._@+-]+(\/[A-Za-z0-9._@+-]+)*$/,
    'a cache path is a folder or file such as node_modules, ~/.npm or /opt/tool, without patterns such as * and without a slash at its end',
  )
  .refine(
    (path) => !path.split('/').some((part) => part === '..' || part === '.'),
    'a cache path has no . and .. as a folder',
  );

/** What a build restores and saves. */
export const runCacheSchema = z.strictObject({
  /** Key of the content. The copy that is saved under a key never changes. */
  key: cacheKeySchema,
  /** Prefixes of keys to restore from, in this order, if there is no copy under the key. */
  fallbackKeys: z.array(cacheKeySchema).max(CACHE_FALLBACK_KEYS_MAX).optional(),
  /** Folders and files: relative to the run's folder, below `~/`, or absolute. */
  paths: z.array(cachePathSchema).min(1).max(CACHE_PATHS_MAX),
});
export type RunCache = z.infer<typeof runCacheSchema>;

/** The members of a request that concern caches. */
export const cacheFields = {
  /** Folders that the build restores before its commands and saves when it has succeeded. */
  cache: runCacheSchema.optional(),
  /**
   * Digest of what the build installs from package indexes: its requirements and packages. The build keeps what it
   * installs under this digest. Without it, the build installs everything.
   */
  installsDigest: z
    .string()
    .regex(/^[0-9a-f]{20}$/, 'must be 20 hexadecimal digits')
    .optional(),
};

/** What a build found in its cache: the key's own copy, that of a fallback key, or none. */
export const CACHE_HITS = ['exact', 'fallback', 'miss'] as const;

/** What a run's record says about the cache of its build. */
export const cacheReportSchema = z.object({
  /** Key of the request's cache, or else the digest of what the build installs. */
  key: z.string(),
  /** Whether the build restored the key's own copy, that of a fallback key, or none. */
  hit: z.enum(CACHE_HITS),
  /** What the build restored of the packages that it installs from package indexes; absent if they are not cached. */
  installs: z.enum(CACHE_HITS).optional(),
  /** Seconds that the build spent on unpacking. CodeBuild's transfer is part of its phase DOWNLOAD_SOURCE. */
  restoreSeconds: z.number().nonnegative(),
  /**
   * Seconds that the build spent on packing; 0 if it saved nothing. CodeBuild uploads the archives after the last
   * phase.
   */
  saveSeconds: z.number().nonnegative(),
  /** Size of the archives at the end of the build. */
  bytes: z.int().nonnegative(),
});
export type CacheReport = z.infer<typeof cacheReportSchema>;

const HIT = `(${CACHE_HITS.join('|')})`;
/** `KEY HIT INSTALLS RESTORE_MS SAVE_MS BYTES`, where INSTALLS is `-` if installed packages are not cached. */
const REPORT = new RegExp(`^([A-Za-z0-9._/-]{1,200}) ${HIT} (-|${HIT}) (\\d{1,9}) (\\d{1,9}) (\\d{1,15})$`);

/** Parses the text that a build exports about its cache; undefined for any other text. */
export function parseCacheReport(text: string | undefined): CacheReport | undefined {
  const [, key, hit, installs, , restoreMs, saveMs, bytes] = REPORT.exec(text ?? '') ?? [];
  if (key === undefined) return undefined;
  return cacheReportSchema.parse({
    key,
    hit,
    installs: installs === '-' ? undefined : installs,
    restoreSeconds: Number(restoreMs) / 1000,
    saveSeconds: Number(saveMs) / 1000,
    bytes: Number(bytes),
  });
}
