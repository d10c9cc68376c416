import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { LOCK, lockDataFolder } from './data-folder.js';
import { IDENTITY_FILE } from './place-identity.js';

/** Matches what a local AWS, its console, `local up --app` and a repair create in the data folder. */
const OWN =
  /^(assembly|codeartifact|codebuild|console\.json|damaged-[\dTZ-]+|dynamodb|lambda|logs|place\.json|s3|store)$/;

/**
 * Deletes the data folder of a local AWS that does not run. Files that something else has put into it are kept.
 *
 * @param path a folder with the identity of a local AWS
 * @returns names of the files and folders that were kept; the folder is deleted if there are none
 * @throws LocalAwsError `PlaceInUse`
 */
export async function deleteDataFolder(path: string): Promise<readonly string[]> {
  const lock = await lockDataFolder(path);
  try {
    const own = (await readdir(path)).filter((name) => OWN.test(name));
    // The identity is deleted last. Until then, a deletion that was interrupted can be repeated.
    for (const name of [...own, IDENTITY_FILE])
      await rm(join(path, name), { recursive: true, force: true, maxRetries: 5 });
  } finally {
    await lock.release();
  }
  await rm(join(path, LOCK), { recursive: true, force: true });
  const kept = await readdir(path);
  if (kept.length === 0) await rmdir(path);
  return kept;
}
