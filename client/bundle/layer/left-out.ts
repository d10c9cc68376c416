import { withPool } from './pack-pool.js';

/** What a pattern left out of a folder. */
export interface LeftOut {
  /** The folder as it was given. */
  readonly folder: string;
  readonly pattern: string;
  readonly files: number;
  readonly sizeBytes: number;
}

/** Pattern -> what it left out: absolute paths, as bytes where they are not UTF-8. */
export type IgnoredPaths = Map<string, (string | Buffer)[]>;

/** Counts the files below ignored paths, in another thread: a `node_modules` may have 100,000 of them. */
export async function countLeftOut(
  folder: string,
  ignored: ReadonlyMap<string, readonly (string | Buffer)[]>,
  signal?: AbortSignal,
): Promise<LeftOut[]> {
  return withPool({ workers: 1, ...(signal && { signal }) }, (pool) =>
    Promise.all(
      [...ignored].map(async ([pattern, paths]) => {
        const counts = await pool.run('count', { paths: paths.map((path) => Buffer.from(path)) });
        return { folder, pattern, ...counts };
      }),
    ),
  );
}
