import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { LayerEntry } from '../../../client/bundle/layer/layer.js';

/** Writes an entry of a layer to a folder, as a build does. */
export async function putEntry(entry: LayerEntry, folder: string): Promise<void> {
  const target = path.join(folder, entry.path);
  await mkdir(path.dirname(target), { recursive: true });
  if (entry.kind === 'folder') await mkdir(target, { recursive: true });
  else if (entry.kind === 'link') await symlink(entry.target, target);
  else {
    if ('content' in entry) await writeFile(target, entry.content);
    else await copyFile(entry.source, target);
    await chmod(target, entry.mode);
  }
}
