import { closeSync, fstatSync, readdirSync } from 'node:fs';

/**
 * Closes the files that this process has inherited. LevelDB opens its files so that child processes inherit them, so
 * a handler could write to the databases. Node.js itself needs none of them: it keeps only pipes, sockets and similar
 * descriptors open.
 */
export function closeInheritedFiles(): void {
  for (const name of openDescriptors()) {
    const descriptor = Number(name);
    if (descriptor > 2 && isFile(descriptor)) closeSync(descriptor);
  }
}

/**
 * Returns the open file descriptors. Returns none on a system without `/dev/fd`, such as Windows, where child
 * processes inherit no files.
 */
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
    // The descriptor was open only to read `/dev/fd`.
    return false;
  }
}
