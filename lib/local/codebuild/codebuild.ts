import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

import { placeEnvironment, type PlaceContext } from '../place-context.js';
import type { EventSender, LogWriter, Objects } from '../ports.js';
import { jsonService } from '../wire/json-service.js';
import { serviceOperations } from '../wire/operation.js';
import type { SecretReader } from './build-environment.js';
import { findBuildStarting, type BuildIsolation } from './build-isolation.js';
import { createBuildEvents } from './build-events.js';
import { buildOperations } from './build-operations.js';
import type { BuildRecord } from './build-record.js';
import { BuildRunner } from './build-runner.js';
import { openBuildStore } from './build-store.js';
import { createNamedPipes } from './named-pipes.js';
import { projectProvider } from './project-provider.js';
import { openProjectStore } from './project-store.js';
import { endInterruptedBuilds } from './recovery.js';
import { createBuildStarter } from './start-build.js';
import type { Unpacking } from './zip-source.js';

export interface CodeBuildOptions {
  readonly objects: Objects;
  readonly logs: LogWriter;
  /** Receives the events of builds. @default no events are sent */
  readonly events?: EventSender;
  /** Reads secrets and parameters that builds refer to. @default every reference fails */
  readonly secrets?: SecretReader;
  /** Maximum number of builds that run at the same time. @default 4 */
  readonly concurrency?: number;
  /**
   * Maximum number of builds that wait. Beyond it, StartBuild fails with `AccountLimitExceededException`. In AWS, the
   * limit is five times the maximum number of builds that run at once. That is too low here, where only four builds
   * run at once by default.
   * @default 1000
   */
  readonly queueLimit?: number;
  /**
   * Time between SIGTERM and SIGKILL for the processes of a stopped or timed-out build, in milliseconds.
   * @default 1000
   */
  readonly graceMs?: number;
  /** How the zips of sources are unpacked. @default 'exact' */
  readonly unpacking?: Unpacking | undefined;
  /**
   * `namespaces` isolates builds from each other if the system allows it.
   * @default 'namespaces'
   */
  readonly isolation?: BuildIsolation['kind'] | undefined;
  /** Variables by which SDKs in a build find the local AWS. @default those of the context */
  readonly environment?: () => Record<string, string>;
}

const PROTOCOL = {
  signingName: 'codebuild',
  targetPrefix: 'CodeBuild_20161006',
  jsonVersion: '1.1',
} as const;

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_QUEUE_LIMIT = 1000;
const DEFAULT_GRACE_MS = 1_000;

/** CodeBuild. It runs the commands of buildspecs on this machine. */
export type CodeBuild = Awaited<ReturnType<typeof createCodeBuild>>;

/**
 * Opens CodeBuild with its recorded projects and builds. Builds that a killed process left unfinished are ended
 * first.
 */
export async function createCodeBuild(context: PlaceContext, options: CodeBuildOptions) {
  await mkdir(join(context.dataFolder, 'codebuild', 'work'), { recursive: true });
  const dataFolder = await realpath(context.dataFolder);
  const workFolder = join(dataFolder, 'codebuild', 'work');
  const records: BuildRecord[] = [];
  const builds = await openBuildStore(context, (record) => records.push(record));
  const projects = await openProjectStore(context);
  const events = createBuildEvents(options.events, (problem, cause) => context.reportProblem(problem, cause));
  await endInterruptedBuilds(
    records.filter(({ build }) => build.buildComplete !== true),
    workFolder,
    { clock: context.clock, events, put: (record) => builds.put(record) },
  );
  const { isolation: wanted = 'namespaces' } = options;
  const starting = await findBuildStarting({ dataFolder, workFolder, wanted });
  const pipes = createNamedPipes(join(dataFolder, 'codebuild', 'pipes'));
  const runner = new BuildRunner({
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
      graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
      starting,
      pipes,
      endpointEnvironment: options.environment ?? (() => placeEnvironment(context)),
    },
  });
  const starter = createBuildStarter({
    context,
    projects,
    builds,
    runner,
    queueLimit: options.queueLimit ?? DEFAULT_QUEUE_LIMIT,
  });
  for (const record of records) starter.remember(record);
  const operations = serviceOperations(
    'InvalidInputException',
    buildOperations({ builds, projects, runner, starter }),
  );
  return {
    operations,
    isolation: starting.isolation,
    service: jsonService({ ...PROTOCOL, operations }),
    resourceProviders: [projectProvider(context, projects)],
    /** Stops all builds and records their ends. */
    close: async () => {
      await runner.close();
      await pipes.close();
      await starting.close();
    },
  };
}
