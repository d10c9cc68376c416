import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';

import type { StartBuildInput } from '@aws-sdk/client-codebuild';

import type { WireBuild } from '../../../lib/local/codebuild/build-record.js';
import {
  createCodeBuild,
  type CodeBuild,
  type CodeBuildOptions,
} from '../../../lib/local/codebuild/codebuild.js';
import { createLogs, type Logs } from '../../../lib/local/logs/logs.js';
import type { PlaceContext } from '../../../lib/local/place-context.js';
import type { EventEntry, Objects } from '../../../lib/local/ports.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

/** Objects in memory, by `bucket/key`. */
export interface MemoryObjects extends Objects {
  readonly all: Map<string, Buffer>;
}

export function memoryObjects(): MemoryObjects {
  const all = new Map<string, Buffer>();
  return {
    all,
    async read(bucket, key) {
      const body = all.get(`${bucket}/${key}`);
      if (body === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
      return { body: Readable.from([body]), sizeBytes: body.length };
    },
    async *list(bucket, prefix) {
      for (const [path, body] of [...all].sort()) {
        if (path.startsWith(`${bucket}/${prefix}`))
          yield { key: path.slice(bucket.length + 1), sizeBytes: body.length, etag: 'etag', modifiedAtMs: 0 };
      }
    },
    async write(bucket, key, body) {
      const chunks: Buffer[] = [];
      if (Buffer.isBuffer(body)) chunks.push(body);
      else for await (const chunk of body) chunks.push(chunk as Buffer);
      all.set(`${bucket}/${key}`, Buffer.concat(chunks));
    },
    async remove(bucket, key) {
      all.delete(`${bucket}/${key}`);
    },
  };
}

export interface TestCodeBuild {
  readonly context: TestPlaceContext;
  readonly objects: MemoryObjects;
  readonly events: EventEntry[];
  readonly codeBuild: CodeBuild;
  readonly logs: Logs;
  start(input: Partial<StartBuildInput> | string): Promise<WireBuild>;
  get(id: string): Promise<WireBuild>;
  /** Waits until a build meets a condition. @default waits until the build ends */
  until(id: string, isReached?: (build: WireBuild) => boolean): Promise<WireBuild>;
  /** Starts a build and waits for its end. */
  run(input: Partial<StartBuildInput> | string): Promise<WireBuild>;
  /** Returns the log lines of the build's commands, without those of CodeBuild itself. */
  lines(build: WireBuild): Promise<string[]>;
  text(build: WireBuild): Promise<string>;
  reopen(): Promise<void>;
  dispose(): Promise<void>;
}

export const PROJECT: JsonObject = {
  Name: 'demo',
  Artifacts: { Type: 'NO_ARTIFACTS' },
  Source: { Type: 'NO_SOURCE', BuildSpec: 'version: 0.2\nphases: {build: {commands: [echo default]}}\n' },
  Environment: {
    Type: 'LINUX_CONTAINER',
    Image: 'aws/codebuild/standard:7.0',
    ComputeType: 'BUILD_GENERAL1_SMALL',
    EnvironmentVariables: [{ Name: 'OF_PROJECT', Value: 'project' }],
  },
  ServiceRole: 'arn:aws:iam::123456789012:role/build',
};

export async function openTestCodeBuild(
  options: Partial<CodeBuildOptions> = {},
  overrides: Partial<PlaceContext> = {},
  project: JsonObject | null = PROJECT,
): Promise<TestCodeBuild> {
  const context = await openTestPlaceContext(overrides);
  const objects = memoryObjects();
  const events: EventEntry[] = [];
  const sender = { send: async (entry: EventEntry) => String(events.push(entry)) };
  let logs = await createLogs(context);
  let codeBuild = await createCodeBuild(context, { objects, logs, events: sender, ...options });
  if (project !== null) await createProject(codeBuild, project);

  const test: TestCodeBuild = {
    context,
    objects,
    events,
    get codeBuild() {
      return codeBuild;
    },
    get logs() {
      return logs;
    },
    async start(input) {
      const overridden = typeof input === 'string' ? { buildspecOverride: input } : input;
      return (await codeBuild.operations.StartBuild({ projectName: 'demo', ...overridden })).build;
    },
    async get(id) {
      const { builds } = await codeBuild.operations.BatchGetBuilds({ ids: [id] });
      if (builds[0] === undefined) throw new Error(`no build ${id}`);
      return builds[0];
    },
    async until(id, isReached = ({ buildComplete }) => buildComplete === true) {
      for (;;) {
        const build = await test.get(id);
        if (isReached(build)) return build;
        if (build.buildComplete === true) throw new Error(`ended before: ${JSON.stringify(build.phases)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async run(input) {
      return test.until((await test.start(input)).id);
    },
    async lines(build) {
      const text = await test.text(build);
      return text.split('\n').filter((line) => line !== '' && !line.startsWith('[Container]'));
    },
    async text(build) {
      const { groupName: logGroupName = '', streamName: logStreamName = '' } = build.logs ?? {};
      let text = '';
      for (let token: string | undefined; ;) {
        const page = (await logs.operations.GetLogEvents({
          logGroupName,
          logStreamName,
          startFromHead: true,
          ...(token && { nextToken: token }),
        })) as { events: { message: string }[]; nextForwardToken: string };
        text += page.events.map(({ message }) => message).join('');
        if (page.nextForwardToken === token) return text;
        token = page.nextForwardToken;
      }
    },
    async reopen() {
      logs = await createLogs(context);
      codeBuild = await createCodeBuild(context, { objects, logs, events: sender, ...options });
    },
    async dispose() {
      await codeBuild.close();
      await logs.close();
      await context.dispose();
    },
  };
  return test;
}

export async function createProject(codeBuild: CodeBuild, properties: JsonObject): Promise<void> {
  const provider = codeBuild.resourceProviders[0];
  await provider?.create({ stackName: 'stack', logicalId: 'Build', properties });
}

/** Returns a buildspec with the given commands by phase. */
export function buildspec(phases: Record<string, string[] | object>, rest: object = {}): string {
  return JSON.stringify({
    version: 0.2,
    ...rest,
    phases: Object.fromEntries(
      Object.entries(phases).map(([name, phase]) => [
        name,
        Array.isArray(phase) ? { commands: phase } : phase,
      ]),
    ),
  });
}

/** Returns the status of each phase, such as `{ BUILD: 'SUCCEEDED' }`. */
export function phaseStatuses(build: WireBuild): Record<string, string> {
  return Object.fromEntries(
    build.phases.map(({ phaseType, phaseStatus }) => [phaseType ?? '', phaseStatus ?? '']),
  );
}

export function contextOf(build: WireBuild, phase: string): object | undefined {
  return build.phases.find(({ phaseType }) => phaseType === phase)?.contexts?.[0];
}

/** Returns the ids of the running processes whose command line is accepted by `isWanted`. */
export function processesWith(isWanted: (commandLine: string) => boolean): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => isWanted(commandLineOf(pid)));
}

/** Returns the command line of a process; an empty text if the process has ended. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').join(' ').trim();
  } catch {
    return '';
  }
}

/** A `sleep` command that no other test starts. */
export interface Sleeps {
  /** Returns a command that sleeps for five minutes. */
  command(): string;
  /** Returns the number of its running processes. */
  running(): number;
}

export function ownSleeps(): Sleeps {
  const commands = new Set<string>();
  return {
    command() {
      const command = `sleep 300.${randomInt(1e6, 1e7)}${process.pid}`;
      commands.add(command);
      return command;
    },
    running: () => processesWith((commandLine) => commands.has(commandLine)).length,
  };
}

/** Creates a folder that builds can see, because it is added to PATH. */
export async function sharedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'codeseeder-shared-'));
  process.env.PATH = [process.env.PATH, folder].join(delimiter);
  return folder;
}
