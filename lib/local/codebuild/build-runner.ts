import type { LogsConfig } from '@aws-sdk/client-codebuild';

import type { PlaceContext } from '../place-context.js';
import type { LogWriter } from '../ports.js';
import type { BuildEvents } from './build-events.js';
import { createBuildLog, type BuildLog } from './build-log.js';
import { createBuildProgress, type BuildProgress } from './build-progress.js';
import { createBuildQueue } from './build-queue.js';
import type { BuildRecord } from './build-record.js';
import type { BuildStore } from './build-store.js';
import { BuildInterruption, placeClosed, stopped, timedOut } from './interruption.js';
import { logsOf, type LogLocation } from './log-location.js';
import { asPhaseFailure } from './phase-failure.js';
import { runBuild, type BuildTools } from './run-build.js';

/** Takes builds through the queue and runs them. */
export interface BuildRunner {
  readonly waiting: number;
  /** Builds of a project that have not ended. */
  active(projectName: string): number;
  /** Returns once the build is recorded. */
  submit(record: BuildRecord, logs: LogsConfig): Promise<void>;
  /** Returns once the build has ended; nothing happens to one that has. */
  stop(buildId: string): Promise<void>;
  close(): Promise<void>;
}

export interface RunnerOptions {
  readonly context: PlaceContext;
  readonly builds: BuildStore;
  readonly events: BuildEvents;
  readonly logs: LogWriter;
  readonly tools: BuildTools;
  readonly concurrency: number;
}

interface ActiveBuild {
  readonly projectName: string;
  readonly controller: AbortController;
  done: Promise<void>;
}

const MINUTE_MS = 60_000;

export function createBuildRunner(options: RunnerOptions): BuildRunner {
  const { context, builds, events } = options;
  const queue = createBuildQueue(options.concurrency);
  const active = new Map<string, ActiveBuild>();
  let isClosed = false;

  async function take(progress: BuildProgress, logsConfig: LogsConfig, controller: AbortController) {
    const { build } = progress.record;
    const limitTime = (minutes: number): (() => void) => interruptAfter(context, controller, minutes);
    const endQueueTime = limitTime(build.queuedTimeoutInMinutes);
    const leaveQueue = await queue.enter(controller.signal).finally(endQueueTime);
    const endBuildTime = limitTime(build.timeoutInMinutes);
    try {
      await progress.leave('SUCCEEDED');
      const location = logsOf(context, logsConfig, build);
      build.logs = location.described;
      const log = openLog(options, location);
      const succeeded = await runBuild(progress, log, options.tools, controller.signal);
      await progress.complete(succeeded ? 'SUCCEEDED' : 'FAILED');
    } finally {
      endBuildTime();
      leaveQueue();
    }
  }

  async function run(
    record: BuildRecord,
    logsConfig: LogsConfig,
    controller: AbortController,
  ): Promise<void> {
    const progress = createBuildProgress(record, {
      clock: context.clock,
      events,
      put: (changed) => builds.put(changed),
    });
    try {
      await take(progress, logsConfig, controller);
    } catch (error) {
      await endBadly(progress, controller.signal.aborted ? controller.signal.reason : error).catch(
        (unrecorded: unknown) =>
          context.reportProblem(`The end of build ${record.build.id} is not recorded.`, unrecorded),
      );
    } finally {
      active.delete(record.build.id);
    }
  }

  return {
    get waiting() {
      return queue.waiting;
    },
    active: (projectName) => [...active.values()].filter((build) => build.projectName === projectName).length,
    async submit(record, logsConfig) {
      if (isClosed) throw new Error('the local place is closing');
      const { build } = record;
      const { cloudWatchLogs, s3Logs } = logsOf(context, logsConfig, build).described;
      // Group and stream are named when the build starts to run, as in the service.
      build.logs = { cloudWatchLogs, s3Logs };
      const controller = new AbortController();
      const entry: ActiveBuild = { projectName: build.projectName, controller, done: Promise.resolve() };
      active.set(build.id, entry);
      const recorded = builds.put(record);
      entry.done = recorded.then(
        () => run(record, logsConfig, controller),
        () => void active.delete(build.id),
      );
      await recorded;
      events.stateChanged(build);
    },
    async stop(buildId) {
      const build = active.get(buildId);
      build?.controller.abort(stopped());
      await build?.done;
    },
    async close() {
      isClosed = true;
      for (const { controller } of active.values()) controller.abort(placeClosed());
      await Promise.all([...active.values()].map(({ done }) => done));
      await events.settle();
    },
  };
}

/** @returns what calls it off */
function interruptAfter(context: PlaceContext, controller: AbortController, minutes: number): () => void {
  const timer = new AbortController();
  context.clock.sleep(minutes * MINUTE_MS, timer.signal).then(
    () => controller.abort(timedOut()),
    () => undefined,
  );
  return () => timer.abort();
}

async function endBadly(progress: BuildProgress, reason: unknown): Promise<void> {
  if (reason instanceof BuildInterruption) {
    await progress.leave(reason.status, reason);
    await progress.complete(reason.status);
    return;
  }
  await progress.leave('FAULT', asPhaseFailure(reason));
  await progress.complete('FAULT');
}

function openLog({ context, logs }: RunnerOptions, location: LogLocation): BuildLog {
  return createBuildLog({
    now: () => context.clock.now(),
    write: async (lines) => {
      if (location.isWritten) await logs.append(location.groupName, location.streamName, lines);
    },
    reportProblem: (problem, cause) => context.reportProblem(problem, cause),
  });
}
