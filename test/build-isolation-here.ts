import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from '@jest/globals';

import { findBuildStarting, type BuildIsolation } from '../lib/local/codebuild/build-isolation.js';

/** Whether builds are isolated by namespaces on this machine. */
export const isolationHere: BuildIsolation = await findIsolation();

/**
 * Defines a test that needs isolated builds. If the system does not allow namespaces, the test is skipped, and its
 * title has the reason.
 */
export function isolated(title: string, body: () => Promise<void>): void {
  if (isolationHere.kind === 'namespaces') it(title, body);
  else it.skip(`${title} (${isolationHere.reason})`, body);
}

async function findIsolation(): Promise<BuildIsolation> {
  const dataFolder = await realpath(await mkdtemp(join(tmpdir(), 'codeseeder-isolation-')));
  try {
    return (await findBuildStarting({ dataFolder, workFolder: dataFolder, wanted: 'namespaces' })).isolation;
  } finally {
    await rm(dataFolder, { recursive: true });
  }
}
