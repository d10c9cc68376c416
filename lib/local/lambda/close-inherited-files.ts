import { closeSync, fstatSync, readdirSync } from 'node:fs';

/**
 * Closes the files that this process has inherited. LevelDB opens its files so that every process inherits them, and a
 * handler could write to the databases through them. Node.js itself keeps no files open, only pipes, sockets and the like.
 */
export function closeInheritedFiles(): void {
  for (const name of openDescriptors()) {
    const descriptor = Number(name);
    if (descriptor > 2 && isFile(descriptor)) closeSync(descriptor);
  }
}

/** There are none where the system has no such folder, as on Windows, where nothing is inherited. */
function openDescriptors(): readonly string[] {
  try {
    return readdirSync('/dev/fd');
  } catch {
    return [];
  }
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    // It was the one by which the folder was read.
    return false;
  }
}
