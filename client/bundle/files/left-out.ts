import { withPool } from '../layer/pack-pool.js';

/** The files that a pattern left out of a folder. */
export interface LeftOut {
  /** The folder as the user wrote it. */
  readonly folder: string;
  readonly pattern: string;
  readonly files: number;
  readonly sizeBytes: number;
}

/** Pattern -> absolute paths that it left out, as bytes if they are not UTF-8. */
export type IgnoredPaths = Map<string, (string | Buffer)[]>;

/** Counts the files below ignored paths in another thread, because a `node_modules` folder may have 100,000 files. */
export async function countLeftOut(
  folder: string,
  ignored: ReadonlyMap<string, readonly (string | Buffer)[]>,
  signal?: AbortSignal,
): Promise<LeftOut[]> {
  return withPool({ signal }, (pool) =>
    Promise.all(
      [...ignored].map(async ([pattern, paths]) => {
        const counts = await pool.run('count', { paths: paths.map((path) => Buffer.from(path)) });
        return { folder, pattern, ...counts };
      }),
    ),
  );
}
