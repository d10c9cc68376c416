import { open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { listLevelFiles } from './level-files.js';
import { readLogFile } from './log-file.js';

/** Space for a new manifest and the beginning of a new log. */
const NEW_FILES_BYTES = 256 * 1024;
const PIECE = Buffer.alloc(64 * 1024);

/**
 * Removes an incomplete record of a failed write from the end of the newest log, so that a later start does not
 * report it as damage. No other write may run at the same time. Needs no free space.
 */
export async function trimTornLogs(folder: string): Promise<void> {
  const newest = [...(await listLevelFiles(folder)).logs.values()].at(-1);
  if (newest === undefined) return;
  const content = await readFile(newest);
  const { validBytes } = readLogFile(content);
  if (validBytes < content.length) await truncate(newest, validBytes);
}

/**
 * Checks that the disk has space for the files that LevelDB writes when it opens the database: tables with the
 * content of its logs, a manifest and a log.
 * @throws Error `ENOSPC`
 */
export async function reserveSpace(folder: string): Promise<void> {
  let bytes = NEW_FILES_BYTES;
  for (const path of (await listLevelFiles(folder)).logs.values()) bytes += (await stat(path)).size;
  const path = join(folder, 'space.unfinished');
  try {
    const file = await open(path, 'w');
    try {
      for (; bytes > 0; bytes -= PIECE.length) await file.writeFile(PIECE);
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
}
