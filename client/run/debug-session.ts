import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';

import { CodeseederError, isTerminal, type RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { RunDebugSession } from '../seedkit-types.js';
import { attachRun } from './run-handle.js';
import { findRecord } from './run-records.js';

/**
 * Finds the debug session of a run's build.
 * @throws CodeseederError `RunNotFound`, `NoDebugSession`
 */
export async function findDebugSession(runId: string, connection: Connection): Promise<RunDebugSession> {
  const record = await findRecord(runId, connection);
  if (record === undefined) {
    // The run may have started just now.
    await attachRun(runId, connection);
    throw noSession(runId, 'its build has not started', 'Try again later');
  }
  const buildId = buildWithSession(record);
  const codebuild = await connection.clients.codeBuild();
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  const [build] = builds ?? [];
  if (build === undefined || build.buildComplete === true)
    throw noSession(runId, 'its build has ended', 'Repeat it with `codeseeder runs again`');
  const target = build.debugSession?.sessionTarget;
  if (target === undefined)
    throw noSession(runId, `its build is not ready for shells in ${build.currentPhase}`, 'Try again later');
  return { target, region: await codebuild.config.region(), buildId };
}

/** Returns the id of a run's build. @throws CodeseederError `NoDebugSession` if the run can have no shell now */
function buildWithSession({ runId, status, debugSession, buildId }: RunRecord): string {
  if (debugSession === undefined)
    throw noSession(
      runId,
      'it was started without a debug session',
      'Start it with `codeseeder run --debug-session`, or `build: { debugSession: true }`',
    );
  if (isTerminal(status))
    throw noSession(runId, `it has ended: ${status}`, 'Repeat it with `codeseeder runs again`');
  if (buildId === undefined) throw noSession(runId, 'its build has not started', 'Try again later');
  return buildId;
}

function noSession(runId: string, reason: string, fix: string): CodeseederError {
  return new CodeseederError(
    'NoDebugSession',
    `No shell can be opened in the run ${runId}: ${reason}. ${fix}.`,
  );
}
