import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';

import type { ProjectArtifacts } from '@aws-sdk/client-codebuild';

import type { Objects } from '../ports.js';
import { describeArtifacts, hasVariables, uploadArtifacts } from './artifacts.js';
import type { BuildStarting, ShellStart } from './build-isolation.js';
import { inheritedPaths, makeBuildEnvironment, type SecretReader } from './build-environment.js';
import { openCache, type OpenCache } from './build-cache.js';
import type { BuildLog } from './build-log.js';
import type { BuildProgress } from './build-progress.js';
import type { PhaseName, WireBuild } from './build-record.js';
import { refuseOnFailure } from './lambda-compute.js';
import { isInlineBuildspec, parseBuildspec, SHELL_PHASES, type Buildspec } from './buildspec.js';
import { writeDeveloperRegistries } from './developer-registries.js';
import type { NamedPipes } from './named-pipes.js';
import { asPhaseFailure, PhaseFailure } from './phase-failure.js';
import { describeProcessGroup } from './process-group.js';
import { LOCAL_TARGET, makeDebugSession, sessionAgent, withDebugCommands } from './debug-session.js';
import { describeRuntimes } from './runtime-versions.js';
import { startShell, type Shell } from './shell.js';
import { runShellPhases } from './shell-phases.js';
import { expandInShell, readShellVariables } from './shell-state.js';
import { downloadSource, splitS3Location } from './source.js';
import { makeWorkspace, type Workspace } from './workspace.js';
import { insideOf, type Unpacking } from './zip-source.js';

export interface BuildTools {
  readonly objects: Objects;
  readonly secrets: SecretReader | undefined;
  /** Folder in which each build gets a folder of its own. */
  readonly workFolder: string;
  readonly unpacking: Unpacking;
  /** Time between SIGTERM and SIGKILL for the processes of a stopped or timed-out build. */
  readonly graceMs: number;
  readonly starting: BuildStarting;
  readonly pipes: NamedPipes;
  /** Returns the variables with which SDKs in the build find the local AWS. */
  endpointEnvironment(): Record<string, string>;
}

interface RunningBuild {
  readonly progress: BuildProgress;
  readonly log: BuildLog;
  readonly tools: BuildTools;
  readonly signal: AbortSignal;
  readonly workspace: Workspace;
}

/**
 * Runs the phases of a build from PROVISIONING to FINALIZING.
 * @returns whether it succeeded
 * @throws the signal's reason after the processes of an interrupted build have ended
 */
export async function runBuild(
  progress: BuildProgress,
  log: BuildLog,
  tools: BuildTools,
  signal: AbortSignal,
): Promise<boolean> {
  const uuid = uuidOf(progress.record.build.id);
  await progress.enter('PROVISIONING');
  const workspace = await makeWorkspace(tools.workFolder, uuid);
  try {
    progress.leave('SUCCEEDED');
    const succeeded = await runInWorkspace({ progress, log, tools, signal, workspace });
    await progress.enter('FINALIZING');
    await log.close();
    await tools.starting.release(workspace);
    await workspace.remove();
    progress.leave('SUCCEEDED');
    return succeeded;
  } finally {
    await log.close();
    await tools.starting.discard(workspace);
    await workspace.remove();
  }
}

async function runInWorkspace(running: RunningBuild): Promise<boolean> {
  const { log, signal, tools, workspace } = running;
  log.note('Running on the local AWS');
  let prepared: PreparedBuild | undefined;
  const isReady = await runPhase(running, 'DOWNLOAD_SOURCE', async () => {
    prepared = await prepare(running);
  });
  if (!isReady || prepared === undefined) return false;
  const { buildspec, environment, start, session } = prepared;
  const shell = await startShell({
    buildId: running.progress.record.build.id,
    stateFolder: workspace.shell,
    directory: workspace.source,
    environment,
    start,
    pipes: tools.pipes,
    agent: session && sessionAgent(session, workspace.shell),
    onOutput: (bytes) => log.output(bytes),
  });
  const interrupt = (): void => void shell.end(tools.graceMs);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    // Recorded before the first command, so that the processes can be found if the local AWS is killed.
    running.progress.record.processGroup = describeProcessGroup(shell.groupId);
    const { build } = running.progress.record;
    if (session !== undefined)
      build.debugSession = { sessionEnabled: true, sessionTarget: `${LOCAL_TARGET}${session}` };
    await running.progress.save();
    return await runWithShell(running, { buildspec, start }, shell);
  } finally {
    signal.removeEventListener('abort', interrupt);
    await shell.end(signal.aborted ? tools.graceMs : 0);
    const { build } = running.progress.record;
    if (session !== undefined) build.debugSession = { sessionEnabled: true };
  }
}

async function runWithShell(
  running: RunningBuild,
  { buildspec, start }: Pick<PreparedBuild, 'buildspec' | 'start'>,
  shell: Shell,
): Promise<boolean> {
  const { progress, log, tools, signal, workspace } = running;
  const { build } = progress.record;
  const cache = await restoreCache(running, { buildspec, start }, shell);
  const { succeeded, reachedArtifacts } = await runShellPhases({
    buildspec,
    shell,
    log,
    runPhase: (phase, work) => runPhase(running, phase, work),
  });
  signal.throwIfAborted();
  const variables = await readShellVariables(
    shell,
    workspace.folder,
    buildspec.exportedVariables,
    hasVariables(buildspec),
  );
  signal.throwIfAborted();
  build.exportedEnvironmentVariables = buildspec.exportedVariables.map((name) => ({
    name,
    value: variables[name] ?? '',
  }));
  if (!reachedArtifacts) return false;
  const artifacts = await namedArtifacts(running, buildspec, shell);
  // Ends background processes, because they could change files while the artifacts are read.
  await shell.end(0);
  await cache?.save();
  const isUploaded = await runPhase(running, 'UPLOAD_ARTIFACTS', () =>
    uploadArtifacts({
      objects: tools.objects,
      artifacts,
      secondaryArtifacts: progress.record.secondaryArtifacts ?? [],
      buildUuid: uuidOf(build.id),
      projectName: build.projectName,
      buildspec,
      sourceFolder: workspace.source,
      outside: (path) => start.outside(path),
      environment: variables,
      note: (text) => log.note(text),
    }),
  );
  return succeeded && isUploaded;
}

/** Restores the cache of a build. @returns undefined for a build without a cache */
async function restoreCache(
  { progress, log, tools, workspace }: RunningBuild,
  { buildspec, start }: Pick<PreparedBuild, 'buildspec' | 'start'>,
  shell: Shell,
): Promise<OpenCache | undefined> {
  const { cache, projectName } = progress.record.build;
  if (cache?.type !== 'S3' || buildspec.cache === undefined) return undefined;
  return openCache({
    objects: tools.objects,
    cache,
    written: buildspec.cache,
    projectName,
    sourceFolder: workspace.source,
    ownFolder: workspace.folder,
    outside: (path) => start.outside(path),
    expand: (text) => expandInShell(shell, workspace.shell, text),
    note: (text) => log.note(text),
  });
}

/**
 * Returns the artifact settings of a build. If `overrideArtifactName` is true, the name in the buildspec, which may
 * contain variables, replaces the name in the settings.
 */
async function namedArtifacts(
  { progress, workspace }: RunningBuild,
  { artifacts: written }: Buildspec,
  shell: Shell,
): Promise<ProjectArtifacts> {
  const { record } = progress;
  const name = written?.name;
  if (record.artifacts.overrideArtifactName !== true || name === undefined) return record.artifacts;
  const artifacts = { ...record.artifacts, name: await expandInShell(shell, workspace.folder, name) };
  const { arn, id, projectName } = record.build;
  const partition = arn.split(':')[1] ?? '';
  record.build.artifacts = describeArtifacts(artifacts, { uuid: uuidOf(id), projectName }, partition);
  return artifacts;
}

async function runPhase(
  { progress, log, signal }: RunningBuild,
  phase: PhaseName,
  work: () => Promise<void>,
): Promise<boolean> {
  signal.throwIfAborted();
  await progress.enter(phase);
  log.note(`Entering phase ${phase}`);
  let failure: PhaseFailure | undefined;
  try {
    await work();
  } catch (error) {
    failure = asPhaseFailure(error);
  }
  signal.throwIfAborted();
  log.note(`Phase complete: ${phase} State: ${failure === undefined ? 'SUCCEEDED' : 'FAILED'}`);
  log.note(`Phase context status code: ${failure?.statusCode ?? ''} Message: ${failure?.message ?? ''}`);
  progress.leave(failure === undefined ? 'SUCCEEDED' : 'FAILED', failure);
  return failure === undefined;
}

interface PreparedBuild {
  readonly buildspec: Buildspec;
  readonly environment: Readonly<Record<string, string>>;
  readonly start: ShellStart;
  /** Folder of the debug session; undefined for a build without one. */
  readonly session: string | undefined;
}

/** Downloads the sources, reads the buildspec and makes the environment for the commands. */
async function prepare({ progress, log, tools, workspace }: RunningBuild): Promise<PreparedBuild> {
  const { build } = progress.record;
  const primary = build.source ?? { type: 'NO_SOURCE' };
  await downloadSources(build, tools, workspace);
  log.note(`CODEBUILD_SRC_DIR=${workspace.source}`);
  const buildspec = parseBuildspec(await readBuildspec(tools.objects, primary.buildspec, workspace));
  refuseOnFailure(buildspec, build.environment ?? {});
  refuseOtherUsers(buildspec.users);
  for (const line of buildspec.notes) log.note(line);
  log.note('Processing environment variables');
  const packages = writeDeveloperRegistries(workspace.home, process.env, (secret) => log.hide(secret));
  const start = tools.starting.prepare(workspace, [...inheritedPaths(), ...packages]);
  const environment = await makeBuildEnvironment({
    build,
    buildspec,
    workspace,
    temporary: start.temporary,
    secrets: tools.secrets,
    endpoint: tools.endpointEnvironment(),
    hide: (secret) => log.hide(secret),
  });
  for (const line of await describeRuntimes(buildspec.runtimeVersions, environment)) log.note(line);
  const phases = SHELL_PHASES.filter((name) => buildspec.phases[name]);
  log.note(`Phases found in YAML: ${phases.length}`);
  for (const name of phases) {
    log.note(` ${name.toUpperCase()}: ${buildspec.phases[name]?.commands.length ?? 0} commands`);
  }
  const session = build.debugSession && (await makeDebugSession(workspace, tools.pipes));
  return {
    buildspec,
    environment: session === undefined ? environment : withDebugCommands(environment, session),
    start,
    session,
  };
}

async function downloadSources(build: WireBuild, tools: BuildTools, workspace: Workspace): Promise<void> {
  const primary = { type: 'NO_SOURCE' as const, ...build.source, version: build.sourceVersion };
  await downloadSource(tools, primary, workspace.source, 'primary source');
  for (const source of build.secondarySources ?? []) {
    const name = source.sourceIdentifier ?? '';
    const version = build.secondarySourceVersions?.find(({ sourceIdentifier }) => sourceIdentifier === name);
    await downloadSource(
      tools,
      { ...source, version: version?.sourceVersion },
      workspace.secondarySource(name),
      `secondary source ${name}`,
    );
  }
}

/**
 * Refuses `run-as` for another user, who could not run the commands because the folders of a build are closed to
 * others.
 */
function refuseOtherUsers(users: readonly string[]): void {
  const { username } = userInfo();
  const other = users.find((user) => user !== username);
  if (other === undefined) return;
  throw new PhaseFailure(
    'YAML_FILE_ERROR',
    `run-as: ${other}: the local AWS runs builds as ${username}, the user that started it. Remove run-as, or start the local AWS as ${other}`,
  );
}

async function readBuildspec(
  objects: Objects,
  location: string | undefined,
  workspace: Workspace,
): Promise<string> {
  const buildspec = location === undefined || location === '' ? 'buildspec.yml' : location;
  if (isInlineBuildspec(buildspec)) return buildspec;
  try {
    if (!buildspec.startsWith('arn:')) return await readFile(insideOf(workspace.source, buildspec), 'utf8');
    const { bucket, key } = splitS3Location(buildspec);
    const { body } = await objects.read(bucket, key);
    return Buffer.concat((await body.toArray()) as Buffer[]).toString('utf8');
  } catch (error) {
    throw new PhaseFailure('YAML_FILE_ERROR', `stat ${buildspec}: no such file or directory`, {
      cause: error,
    });
  }
}

function uuidOf(buildId: string): string {
  return buildId.slice(buildId.indexOf(':') + 1);
}
