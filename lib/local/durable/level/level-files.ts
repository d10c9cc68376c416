import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a LevelDB database that hold data. */
export interface LevelFiles {
  /** Paths of logs by number, oldest first. */
  readonly logs: ReadonlyMap<number, string>;
  /** Paths of tables by number. */
  readonly tables: ReadonlyMap<number, string>;
  readonly manifests: readonly string[];
  readonly hasCurrent: boolean;
  /** Names of all these files. */
  readonly names: readonly string[];
}

/** Lists the files of a database. Returns no files for a folder that does not exist. */
export async function listLevelFiles(folder: string): Promise<LevelFiles> {
  const names = (await readdir(folder).catch(noFolder)).sort();
  const numbered = (pattern: RegExp) =>
    new Map(names.flatMap((name) => (pattern.test(name) ? [[parseInt(name, 10), join(folder, name)]] : [])));
  const logs = numbered(/^\d+\.log$/);
  const tables = numbered(/^\d+\.(ldb|sst)$/);
  const manifests = names.filter((name) => /^MANIFEST-\d+$/.test(name)).map((name) => join(folder, name));
  return {
    logs: new Map([...logs].sort(([left], [right]) => left - right)),
    tables,
    manifests,
    hasCurrent: names.includes('CURRENT'),
    names: names.filter((name) => /^(\d+\.(log|ldb|sst)|MANIFEST-\d+|CURRENT)$/.test(name)),
  };
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
