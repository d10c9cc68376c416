import {
  BUILDSPEC_MAX_BYTES,
  type BuildOptions,
  BUILD_VARIABLES,
  CodeseederError,
  type InvocationHead,
  isLambdaCompute,
  type RunRequest,
} from '../../lib/contract/index.js';
import { type BuildCache, NO_CACHE } from './build-cache.js';
import {
  enterFolderCommands,
  exportDigestCommand,
  languageCheck,
  npmInstallCommand,
  OUTPUT_FOLDER,
  phasePreamble,
  targetCommands,
} from './build-commands.js';
import { hideExportedCommands } from './hide-exported.js';
import { checkInputCommand, inputCheckedCheck, type InputFile } from './input-files.js';
import { hasLayersToPlace, inputFolder, layersPlacedCheck, placeLayersCommands } from './layer-sources.js';
import { own } from './own-commands.js';
import { pythonInstallCommands, pythonPreamble } from './python-commands.js';

interface Phase {
  readonly 'runtime-versions'?: Readonly<Record<string, string>> | undefined;
  readonly 'on-failure'?: 'ABORT' | 'CONTINUE' | undefined;
  readonly commands: readonly string[];
  /** Commands that also run after one of `commands` has failed. */
  readonly finally?: readonly string[] | undefined;
}

/** Parts of a build that depend on its sources and on the seedkit. */
export interface BuildInput {
  /** Bundle whose layers a command moves to their folders. */
  readonly bundle?: RunRequest['bundle'];
  /** Files of the input to check, with the invocation as the first; none for a build that does not read its input. */
  readonly files?: readonly InputFile[];
  /** Commands to run before packages are installed. */
  readonly registryLogins?: readonly string[];
  /** @default no cache */
  readonly cache?: BuildCache;
}

/** A program of CodeBuild's images. */
const BREAKPOINT = 'codebuild-breakpoint';

/**
 * Renders the buildspec of a run.
 *
 * Only install and pre_build have `on-failure`: in the build phase, ABORT would skip post_build and the upload of the
 * result, and CONTINUE could end the build of a failed target as SUCCEEDED.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 * @throws CodeseederError `InvalidRequest` if the buildspec is too large
 */
export function renderBuildspec(
  build: BuildOptions,
  invocation: InvocationHead,
  { bundle, files = [], registryLogins = [], cache = NO_CACHE }: BuildInput = {},
): string {
  const { kind } = invocation;
  const preamble = [...inputPreamble(files, bundle), phasePreamble(kind), ...pythonPreamble(build, kind)];
  const [start = ''] = own([...preamble, ...enterFolderCommands(build)].join(' && '));
  const install: Phase = {
    'runtime-versions': build.runtimeVersions,
    ...onFailureOf(build),
    commands: [
      ...own(
        ...(files.length > 0 ? [checkInputCommand(files, inputFolder(bundle))] : []),
        ...placeLayersCommands(bundle),
        preamble.join(' && '),
        ...cache.restore,
        ...registryLogins,
        ...npmInstallCommand(build.packages),
        ...pythonInstallCommands(build, kind, cache.keepInstalls.length > 0),
        ...cache.keepInstalls,
        ...enterFolderCommands(build),
      ),
      ...(build.installCommands ?? []),
      ...own(...languageCheck(kind)),
    ],
  };
  const exported = exportedNames(build, kind, cache);
  const text = toJson({
    version: 0.2,
    env: { shell: 'bash', 'exported-variables': exported.length > 0 ? exported : undefined },
    phases: {
      install,
      ...phaseOf('pre_build', start, build.preBuildCommands, onFailureOf(build)),
      ...phaseOf('build', start, [
        ...pauseBeforeTarget(build),
        ...(build.preExecutionCommands ?? []),
        ...targetCommands(invocation, build, files[0]?.sha256),
        ...(build.buildCommands ?? []),
      ]),
      ...pausingOnFailure(build, lastPhase(start, build, kind, cache.save)),
    },
    artifacts: { name: '$CODEBUILD_BUILD_ARN', 'base-directory': OUTPUT_FOLDER, files: ['**/*'] },
    cache: cache.buildspec,
  });
  refuseOversized(text);
  return text;
}

function exportedNames(build: BuildOptions, kind: InvocationHead['kind'], cache: BuildCache): string[] {
  const own = kind === 'commands' ? [] : [BUILD_VARIABLES.result];
  return [...new Set([...(build.exportedVariables ?? []), ...own, ...cache.exported])];
}

/** Returns the first commands of every phase, which check that the first commands of the build have succeeded. */
function inputPreamble(files: readonly InputFile[], bundle: RunRequest['bundle']): string[] {
  // This check also covers the input, because layers are placed only after the input was checked.
  if (hasLayersToPlace(bundle)) return layersPlacedCheck(bundle);
  return files.length > 0 ? [inputCheckedCheck(inputFolder(bundle))] : [];
}

/**
 * Returns the last phase, which CodeBuild runs also after a failed build phase. It always ends with the commands that
 * export the digest of the result, save the cache and hide secrets in the exported values. Hiding is last, because it
 * fails if a command of the user has made an exported variable read-only.
 */
function lastPhase(
  start: string,
  build: BuildOptions,
  kind: InvocationHead['kind'],
  saveCache: readonly string[],
): Record<string, Phase> {
  const { postBuildCommands = [] } = build;
  const exportDigest = kind === 'commands' ? [] : [exportDigestCommand];
  const last = own(...exportDigest, ...saveCache, ...hideExportedCommands(build));
  if (last.length === 0) return phaseOf('post_build', start, postBuildCommands);
  if (postBuildCommands.length === 0) return { post_build: { commands: last } };
  return phaseOf('post_build', start, postBuildCommands, { finally: last });
}

/**
 * Returns the command that pauses a build until `codebuild-resume` is run in a shell of its debug session.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/session-manager.html#ssm-pause-build
 */
function pauseBeforeTarget({ debugSession }: BuildOptions): string[] {
  return debugSession === 'before-target' ? [BREAKPOINT] : [];
}

/**
 * Adds the pause after a failed build phase to the last phase, which CodeBuild runs after it. The pause is the first
 * command, because the check of the input, which follows it, fails after a failed install phase. The command of the
 * pause never fails, so that the other commands of the phase run.
 */
function pausingOnFailure(
  { debugSession }: BuildOptions,
  phases: Record<string, Phase>,
): Record<string, Phase> {
  if (debugSession !== 'on-failure') return phases;
  const pause = `[ "$CODEBUILD_BUILD_SUCCEEDING" = 1 ] || ${BREAKPOINT} || true`;
  const { post_build: last } = phases;
  return { post_build: { ...last, commands: [pause, ...(last?.commands ?? [])] } };
}

/**
 * Returns the `on-failure` of a phase. Lambda compute and fleets do not accept `on-failure`, and end a build after a
 * failed install or pre_build phase anyway.
 */
function onFailureOf(build: BuildOptions): Pick<Phase, 'on-failure'> {
  if (isLambdaCompute(build) || build.fleet !== undefined) return {};
  return { 'on-failure': (build.abortPhasesOnFailure ?? true) ? 'ABORT' : 'CONTINUE' };
}

/** Returns a phase under its name; an empty object if it has no commands. */
function phaseOf(
  name: 'pre_build' | 'build' | 'post_build',
  start: string,
  commands: readonly string[] = [],
  settings: Omit<Phase, 'commands'> = {},
): Record<string, Phase> {
  return commands.length === 0 ? {} : { [name]: { ...settings, commands: [start, ...commands] } };
}

/**
 * Serializes as JSON. JSON is valid YAML, in which every string of a request stays a string. Also escapes the
 * characters that JSON allows in strings but that YAML reads as line breaks or rejects.
 */
function toJson(buildspec: unknown): string {
  return JSON.stringify(buildspec, null, 1).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function refuseOversized(text: string): void {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > BUILDSPEC_MAX_BYTES) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run's buildspec has ${sizeBytes} bytes, at most ${BUILDSPEC_MAX_BYTES} are allowed. Put long commands into a script in the bundle and run the script`,
    );
  }
}
