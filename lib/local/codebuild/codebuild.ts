import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { placeEnvironment, type PlaceContext } from '../place-context.js';
import type { EventSender, LogWriter, Objects } from '../ports.js';
import type { ResourceProvider } from '../template/resource-provider.js';
import { jsonService } from '../wire/json-service.js';
import type { WireService } from '../wire/wire-service.js';
import type { SecretReader } from './build-environment.js';
import { createBuildEvents } from './build-events.js';
import { buildOperations } from './build-operations.js';
import type { BuildRecord } from './build-record.js';
import { createBuildRunner } from './build-runner.js';
import { openBuildStore } from './build-store.js';
import { projectProvider } from './project-provider.js';
import { CODEBUILD_MEMBERS } from './member-types.js';
import { openProjectStore } from './project-store.js';
import { endInterruptedBuilds } from './recovery.js';
import { createBuildStarter } from './start-build.js';
import type { Unpacking } from './zip-source.js';

export interface CodeBuildOptions {
  readonly objects: Objects;
  readonly logs: LogWriter;
  /** Where builds are announced. @default nowhere */
  readonly events?: EventSender;
  /** Where references to secrets lead. @default every reference fails */
  readonly secrets?: SecretReader;
  /** Builds that run at the same time. @default 4 */
  readonly concurrency?: number;
  /**
   * Builds that may wait; a start beyond that is answered `AccountLimitExceededException`. The service's limit is
   * five times the concurrency, which at a laptop's concurrency would make a caller of many runs wait in vain.
   * @default 1000
   */
  readonly queueLimit?: number;
  /** How zips of sources are unpacked. @default 'exact' */
  readonly unpacking?: Unpacking;
  /** Variables by which SDKs in a build find the place. @default those of the place's context */
  readonly environment?: () => Record<string, string>;
}

/** CodeBuild of the place: it really runs the buildspecs, on this machine. */
export interface CodeBuild {
  readonly service: WireService;
  readonly operations: ReturnType<typeof buildOperations>;
  readonly resourceProviders: readonly ResourceProvider[];
  /** Stops what runs and records that. */
  close(): Promise<void>;
}

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_QUEUE_LIMIT = 1000;

/** Ends first what ran when the place was killed. */
export async function createCodeBuild(context: PlaceContext, options: CodeBuildOptions): Promise<CodeBuild> {
  const workFolder = join(context.dataFolder, 'codebuild', 'work');
  await mkdir(workFolder, { recursive: true });
  const kept: BuildRecord[] = [];
  const builds = await openBuildStore(context, (record) => kept.push(record));
  const projects = await openProjectStore(context);
  const events = createBuildEvents(options.events, (problem, cause) => context.reportProblem(problem, cause));
  await endInterruptedBuilds(
    kept.filter(({ build }) => build.buildComplete !== true),
    workFolder,
    { clock: context.clock, events, put: (record) => builds.put(record) },
  );
  const runner = createBuildRunner({
    context,
    builds,
    events,
    logs: options.logs,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    tools: {
      objects: options.objects,
      secrets: options.secrets,
      workFolder,
      unpacking: options.unpacking ?? 'exact',
      placeEnvironment: options.environment ?? (() => placeEnvironment(context)),
    },
  });
  const starter = createBuildStarter({
    context,
    projects,
    builds,
    runner,
    queueLimit: options.queueLimit ?? DEFAULT_QUEUE_LIMIT,
  });
  for (const record of kept) starter.remember(record);
  const operations = buildOperations({ builds, projects, runner, starter });
  return {
    operations,
    service: jsonService({
      signingName: 'codebuild',
      targetPrefix: 'CodeBuild_20161006',
      memberTypes: CODEBUILD_MEMBERS,
      jsonVersion: '1.1',
      operations,
    }),
    resourceProviders: [projectProvider(context, projects)],
    close: () => runner.close(),
  };
}
