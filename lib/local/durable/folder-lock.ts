import { ClassicLevel } from 'classic-level';

/**
 * Locks a folder until the process ends or the lock is released. The lock is an empty LevelDB database, because on
 * every system only one process at a time can open one.
 *
 * @param folder is created if missing, and must not contain anything else
 * @throws Error `LEVEL_LOCKED` if the folder is locked by this or another process
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const level = new ClassicLevel(folder);
  try {
    await level.open();
  } catch (error) {
    if (isLocked(error)) throw error;
    // The database has no data, so it is created again if its files are damaged.
    await ClassicLevel.destroy(folder);
    await level.open();
  }
  return { release: () => level.close() };
}

/** Returns whether an error means that the database is already open, in this or another process. */
export function isLocked(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return ('code' in error && error.code === 'LEVEL_LOCKED') || ('cause' in error && isLocked(error.cause));
}
