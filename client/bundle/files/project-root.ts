import { access } from 'node:fs/promises';
import path from 'node:path';

/** Returns the folder of the nearest `package.json` above a file, else the file's own folder. */
export async function projectRootOf(file: string): Promise<string> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (await exists(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) return path.dirname(file);
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
