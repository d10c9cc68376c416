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

/** Returns the open file descriptors. A system without `/dev/fd`, such as Windows, has none that were inherited. */
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
    // This descriptor was open only while the folder was read.
    return false;
  }
}
