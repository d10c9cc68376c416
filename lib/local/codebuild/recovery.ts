import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { createBuildProgress, type ProgressTools } from './build-progress.js';
import type { BuildRecord } from './build-record.js';
import { endOrphans } from './process-group.js';
import { removeFolder } from './workspace.js';

/**
 * Records the end of builds that were running when the local AWS was killed. Ends their processes and removes their
 * folders.
 */
export async function endInterruptedBuilds(
  interrupted: readonly BuildRecord[],
  workFolder: string,
  tools: ProgressTools,
): Promise<void> {
  for (const record of interrupted) {
    // Without a recorded process group, a shell that had just been started may still be running. It has the build's
    // id in its environment.
    await endOrphans(record.processGroup ?? { id: 0, leaderStart: '' }, record.build.id);
  }
  for (const name of await readdir(workFolder).catch(() => [])) await removeFolder(join(workFolder, name));
  for (const record of interrupted) {
    const progress = createBuildProgress(record, tools);
    progress.leave('FAILED', {
      statusCode: 'PLACE_STOPPED',
      message: 'The local AWS stopped while the build ran.',
    });
    await progress.complete('FAILED');
  }
}
