import {
  AccountLimitExceededException,
  type Build,
  InvalidInputException,
  type StartBuildCommandInput,
} from '@aws-sdk/client-codebuild';

import type { VirtualTime } from './virtual-time.js';

/** What a build does once it runs. */
export interface BuildWork {
  readonly seconds: number;
  readonly succeeds: boolean;
  readonly exported: Readonly<Record<string, string>>;
  /** Called when the build uploads its artifacts. */
  readonly upload: (build: Build) => void;
}

export interface BuildsOptions {
  readonly time: VirtualTime;
  readonly random: () => number;
  /** Number of builds that run at the same time. Five times as many may wait. */
  readonly concurrency: number;
  readonly workOf: (build: Build) => BuildWork;
  /** Receives the events of builds that CodeBuild sends to EventBridge. */
  readonly onEvent: (detailType: string, detail: Readonly<Record<string, unknown>>) => void;
}

interface Entry {
  readonly build: Build;
  readonly visibleAtMs: number;
  readonly stopped: AbortController;
}

const PAGE_SIZE = 100;
const TOKEN_LIFE_MS = 5 * 60_000;
/** Maximum time for which BatchGetBuilds may not return a build that has just started. */
const LONGEST_INVISIBLE_MS = 3_000;
/** Maximum time until a stopped build has ended. */
const LONGEST_STOP_MS = 60_000;
const PHASES_BEFORE_WORK = ['PROVISIONING', 'DOWNLOAD_SOURCE', 'INSTALL', 'PRE_BUILD'] as const;
const PHASES_AFTER_WORK = ['POST_BUILD', 'UPLOAD_ARTIFACTS', 'FINALIZING'] as const;

/** CodeBuild. A plan determines what each build does. */
export class Builds {
  readonly #options: BuildsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #tokens = new Map<string, { readonly id: string; readonly atMs: number }>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: BuildsOptions) {
    this.#options = options;
  }

  readonly operations = {
    StartBuild: (input: StartBuildCommandInput) => ({ build: this.#start(input) }),
    BatchGetBuilds: ({ ids }: { ids: string[] }) => ({
      builds: ids.flatMap((id) => {
        const entry = this.#entries.get(id);
        return entry === undefined || entry.visibleAtMs > this.#options.time.now()
          ? []
          : [copyOf(entry.build)];
      }),
    }),
    StopBuild: ({ id }: { id: string }) => {
      const entry = this.#entries.get(id);
      if (entry === undefined || entry.build.buildComplete === true)
        throw new InvalidInputException({ message: `the build ${id} cannot be stopped`, $metadata: {} });
      entry.stopped.abort();
      return { build: copyOf(entry.build) };
    },
    ListBuildsForProject: ({ nextToken }: { nextToken?: string }) => {
      const newestFirst = [...this.#entries.keys()].reverse();
      const end = Number(nextToken ?? 0) + PAGE_SIZE;
      return {
        ids: newestFirst.slice(end - PAGE_SIZE, end),
        nextToken: end < newestFirst.length ? String(end) : undefined,
      };
    },
  };

  all(): Build[] {
    return [...this.#entries.values()].map(({ build }) => build);
  }

  #start(input: StartBuildCommandInput): Build {
    const { time, random, concurrency } = this.#options;
    const token = input.idempotencyToken ?? '';
    const former = this.#tokens.get(token);
    if (former !== undefined && time.now() - former.atMs < TOKEN_LIFE_MS)
      return copyOf((this.#entries.get(former.id) as Entry).build);
    if (this.#running + this.#waiting.length >= concurrency * 6) {
      const message = `Cannot have more than ${concurrency * 5} builds in queue for the account`;
      throw new AccountLimitExceededException({ message, $metadata: {} });
    }
    const id = `${input.projectName}:${this.#entries.size + 1}`;
    const build: Build = {
      id,
      arn: `arn:aws:codebuild:eu-central-1:123456789012:build/${id}`,
      projectName: input.projectName,
      buildStatus: 'IN_PROGRESS',
      buildComplete: false,
      currentPhase: 'QUEUED',
      startTime: new Date(time.now()),
      timeoutInMinutes: input.timeoutInMinutesOverride,
      queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride,
      environment: { environmentVariables: input.environmentVariablesOverride } as Build['environment'],
      source: { type: 'S3', location: input.sourceLocationOverride },
      secondarySources: input.secondarySourcesOverride,
      phases: [],
    };
    const entry = {
      build,
      visibleAtMs: time.now() + (random() < 0.2 ? random() * LONGEST_INVISIBLE_MS : 0),
      stopped: new AbortController(),
    };
    this.#entries.set(id, entry);
    this.#tokens.set(token, { id, atMs: time.now() });
    void this.#run(entry);
    return copyOf(build);
  }

  async #run({ build, stopped: { signal } }: Entry): Promise<void> {
    const { concurrency, workOf } = this.#options;
    let end: 'SUCCEEDED' | 'FAILED' | 'STOPPED' = 'STOPPED';
    let hasTurn = false;
    try {
      if (this.#running >= concurrency) await this.#turn(signal);
      this.#running += 1;
      hasTurn = true;
      this.#leavePhase(build, 'QUEUED', 'SUCCEEDED');
      for (const phase of PHASES_BEFORE_WORK) await this.#phase(build, phase, 1, signal);
      const work = workOf(build);
      await this.#phase(build, 'BUILD', work.seconds, signal, work.succeeds);
      build.exportedEnvironmentVariables = Object.entries(work.exported).map(([name, value]) => ({
        name,
        value,
      }));
      for (const phase of PHASES_AFTER_WORK) {
        await this.#phase(build, phase, 1, signal);
        if (phase === 'UPLOAD_ARTIFACTS') work.upload(build);
      }
      end = work.succeeds ? 'SUCCEEDED' : 'FAILED';
    } catch (error) {
      if (!signal.aborted) throw error;
      // StopBuild returns before the build has ended.
      if (hasTurn) await this.#options.time.sleep(LONGEST_STOP_MS * this.#options.random());
    }
    this.#end(build, end);
    if (!hasTurn) return;
    this.#running -= 1;
    this.#waiting.shift()?.();
  }

  /** Waits until the build may start, because another build has ended. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => {
        const index = this.#waiting.indexOf(resolve);
        if (index !== -1) this.#waiting.splice(index, 1);
        reject(signal.reason as Error);
      });
    });
  }

  async #phase(
    build: Build,
    phase: string,
    seconds: number,
    signal: AbortSignal,
    succeeds = true,
  ): Promise<void> {
    build.currentPhase = phase;
    await this.#options.time.sleep(seconds * 1_000 * (0.2 + this.#options.random()), signal);
    this.#leavePhase(build, phase, succeeds ? 'SUCCEEDED' : 'FAILED');
  }

  #leavePhase(build: Build, phase: string, status: 'SUCCEEDED' | 'FAILED'): void {
    const contexts =
      status === 'FAILED' ? [{ statusCode: 'COMMAND_EXECUTION_ERROR', message: 'exit status 3' }] : [];
    build.phases?.push({ phaseType: phase as never, phaseStatus: status, contexts });
    this.#options.onEvent('CodeBuild Build Phase Change', {
      'build-id': build.arn,
      'project-name': build.projectName,
      'completed-phase': phase,
      'completed-phase-status': status,
    });
  }

  #end(build: Build, status: 'SUCCEEDED' | 'FAILED' | 'STOPPED'): void {
    build.buildStatus = status;
    build.buildComplete = true;
    build.currentPhase = 'COMPLETED';
    build.endTime = new Date(this.#options.time.now());
    this.#options.onEvent('CodeBuild Build State Change', {
      'build-id': build.arn,
      'project-name': build.projectName,
      'build-status': status,
    });
  }
}

function copyOf(build: Build): Build {
  return { ...build, phases: [...(build.phases ?? [])] };
}
