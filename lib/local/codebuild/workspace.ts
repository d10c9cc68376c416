import { mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** Maximum time for which the removal of a large folder blocks the event loop. */
const BLOCKED_MAX_MS = 5;

/** The folders of one build. They are removed after the build. */
export type Workspace = Awaited<ReturnType<typeof makeWorkspace>>;

/**
 * Creates the folders of a build.
 * @param name UUID of the build
 */
export async function makeWorkspace(workFolder: string, name: string) {
  const folder = join(workFolder, name);
  const workspace = {
    folder,
    home: join(folder, 'home'),
    temporary: join(folder, 'tmp'),
    source: join(folder, 'src', 'primary'),
    /** Folder for the shell's own files. */
    shell: join(folder, 'shell'),
    /** Parent of the folders that a build sees in place of the machine's, such as /var/tmp. */
    machine: join(folder, 'machine'),
    secondarySource: (identifier: string) => join(folder, 'src', `secondary_${identifier}`),
    remove: () => removeFolder(folder),
  };
  // Preparing a build uses synchronous calls, because they take a tenth of the processor time of asynchronous ones.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const path of [workspace.home, workspace.temporary, workspace.source]) {
    mkdirSync(path, { recursive: true });
  }
  return workspace;
}

/** Removes a folder, even if a build made parts of it read-only. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    // Needs a third of the system calls of Node.js's `rm`, which reads the status of each entry before and after
    // removing it.
    await removeEntries(folder);
  } catch {
    await removeStubborn(folder);
  }
}

/** Removes a folder by synchronous calls. */
async function removeEntries(folder: string, yieldIfNeeded = createYielder()): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    await yieldIfNeeded();
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeEntries(path, yieldIfNeeded);
    else unlinkSync(path);
  }
  rmdirSync(folder);
}

/** Returns a function that lets other work run if the event loop has been blocked for 5 ms. */
function createYielder(): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < BLOCKED_MAX_MS) return;
    await setImmediate();
    sinceMs = performance.now();
  };
}

async function removeStubborn(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await allowWriting(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function allowWriting(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await allowWriting(join(folder, entry.name));
  }
}
