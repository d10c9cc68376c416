import type { LogsConfig } from '@aws-sdk/client-codebuild';

import type { PlaceContext } from '../place-context.js';
import type { LogWriter } from '../ports.js';
import type { BuildEvents } from './build-events.js';
import { BuildLog } from './build-log.js';
import { createBuildProgress, type BuildProgress } from './build-progress.js';
import { createBuildQueue } from './build-queue.js';
import type { BuildRecord } from './build-record.js';
import type { BuildStore } from './build-store.js';
import { BuildInterruption, placeClosed, stopped, timedOut } from './interruption.js';
import { logsOf, type LogLocation } from './log-location.js';
import { asPhaseFailure } from './phase-failure.js';
import { runBuild, type BuildTools } from './run-build.js';

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
/** Pause before writing a record again after a failure. */
const WRITE_AGAIN_MS = 500;

/** Runs builds. Each build first waits in a queue. */
export class BuildRunner {
  readonly #options: RunnerOptions;
  readonly #queue: ReturnType<typeof createBuildQueue>;
  readonly #active = new Map<string, ActiveBuild>();
  readonly #closing = new AbortController();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#queue = createBuildQueue(options.concurrency);
  }

  /** Number of builds that wait in the queue. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** Returns the number of a project's builds that have not ended. */
  active(projectName: string): number {
    return [...this.#active.values()].filter((build) => build.projectName === projectName).length;
  }

  /** Resolves when the build is recorded. The build then waits in the queue, and runs later. */
  async submit(record: BuildRecord, logsConfig: LogsConfig): Promise<void> {
    if (this.#closing.signal.aborted) throw new Error('the local AWS is closing');
    const { context, builds, events } = this.#options;
    const { build } = record;
    const { cloudWatchLogs, s3Logs } = logsOf(context, logsConfig, build).described;
    // As in CodeBuild, the build has a log group and stream only when it starts to run.
    build.logs = { cloudWatchLogs, s3Logs };
    const controller = new AbortController();
    const entry: ActiveBuild = { projectName: build.projectName, controller, done: Promise.resolve() };
    this.#active.set(build.id, entry);
    const recorded = builds.put(record);
    entry.done = recorded.then(
      () => this.#run(record, logsConfig, controller),
      () => void this.#active.delete(build.id),
    );
    await recorded;
    events.stateChanged(build);
  }

  /** Stops a build. Resolves when it has ended, or immediately if it is not running. */
  async stop(buildId: string): Promise<void> {
    const build = this.#active.get(buildId);
    build?.controller.abort(stopped());
    await build?.done;
  }

  /** Stops all builds and records their end. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { controller } of this.#active.values()) controller.abort(placeClosed());
    await Promise.all([...this.#active.values()].map(({ done }) => done));
    await this.#options.events.settle();
  }

  async #run(record: BuildRecord, logsConfig: LogsConfig, controller: AbortController): Promise<void> {
    const { context, builds, events } = this.#options;
    const put = (changed: BuildRecord) => builds.put(changed);
    const progress = createBuildProgress(record, { clock: context.clock, events, put });
    try {
      await this.#queueAndRun(progress, logsConfig, controller);
    } catch (error) {
      await this.#recordEnd(progress, controller.signal.aborted ? controller.signal.reason : error);
    } finally {
      this.#active.delete(record.build.id);
    }
  }

  /** Records the end of a build that failed with an error. Repeats the write until it succeeds or the runner closes. */
  async #recordEnd(progress: BuildProgress, reason: unknown): Promise<void> {
    const { context } = this.#options;
    for (let isReported = false; ;) {
      try {
        return await recordFailure(progress, reason);
      } catch (error) {
        if (!isReported) {
          context.reportProblem(`The end of build ${progress.record.build.id} could not be recorded.`, error);
        }
        isReported = true;
      }
      await context.clock.sleep(WRITE_AGAIN_MS, this.#closing.signal).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
    }
  }

  async #queueAndRun(
    progress: BuildProgress,
    logsConfig: LogsConfig,
    controller: AbortController,
  ): Promise<void> {
    const { context, tools } = this.#options;
    const { build } = progress.record;
    const endQueueTime = interruptAfter(context, controller, build.queuedTimeoutInMinutes);
    const leaveQueue = await this.#queue.enter(controller.signal).finally(endQueueTime);
    const endBuildTime = interruptAfter(context, controller, build.timeoutInMinutes);
    try {
      progress.leave('SUCCEEDED');
      const location = logsOf(context, logsConfig, build);
      build.logs = location.described;
      const log = openLog(this.#options, location);
      const succeeded = await runBuild(progress, log, tools, controller.signal);
      await progress.complete(succeeded ? 'SUCCEEDED' : 'FAILED');
    } finally {
      endBuildTime();
      leaveQueue();
    }
  }
}

/** Aborts the controller after the given minutes. Returns a function that cancels this. */
function interruptAfter(context: PlaceContext, controller: AbortController, minutes: number): () => void {
  const timer = new AbortController();
  context.clock.sleep(minutes * MINUTE_MS, timer.signal).then(
    () => controller.abort(timedOut()),
    () => undefined,
  );
  return () => timer.abort();
}

async function recordFailure(progress: BuildProgress, reason: unknown): Promise<void> {
  // The build has already ended. Only writing its end failed, so its status does not change.
  if (progress.record.build.buildComplete) return progress.complete('FAULT');
  if (reason instanceof BuildInterruption) {
    progress.leave(reason.status, reason);
    await progress.complete(reason.status);
    return;
  }
  progress.leave('FAULT', asPhaseFailure(reason));
  await progress.complete('FAULT');
}

function openLog({ context, logs }: RunnerOptions, location: LogLocation): BuildLog {
  return new BuildLog({
    now: () => context.clock.now(),
    write: async (lines) => {
      if (location.isWritten) await logs.append(location.groupName, location.streamName, lines);
    },
    reportProblem: (problem, cause) => context.reportProblem(problem, cause),
  });
}
