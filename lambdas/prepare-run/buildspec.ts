import {
  BUILDSPEC_MAX_BYTES,
  type BuildOptions,
  type BundleReference,
  CodeseederError,
  type InvocationHead,
  isLambdaCompute,
} from '../../lib/contract/index.js';
import {
  enterFolderCommands,
  languageCheck,
  npmInstallCommand,
  OUTPUT_FOLDER,
  phasePreamble,
  targetCommands,
} from './build-commands.js';
import { hideExportedCommands } from './hide-exported.js';
import { layersPlacedCheck, placeLayersCommands } from './layer-sources.js';
import { pythonInstallCommands, pythonPreamble } from './python-commands.js';

interface Phase {
  readonly 'runtime-versions'?: Readonly<Record<string, string>> | undefined;
  readonly 'on-failure'?: 'ABORT' | 'CONTINUE' | undefined;
  readonly commands: readonly string[];
  /** Commands that run after the others, also if one of them failed. */
  readonly finally?: readonly string[] | undefined;
}

/**
 * Renders the buildspec of a run.
 *
 * Only install and pre_build have `on-failure`: in the build phase, ABORT would skip post_build and the upload of the
 * result, and CONTINUE could end the build of a failed target as SUCCEEDED.
 *
 * @param registryLogins commands to run before packages are installed
 * @param bundle bundle whose layers the first command moves to their folders
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 * @throws CodeseederError `InvalidRequest` when it is too large
 */
export function renderBuildspec(
  build: BuildOptions,
  invocation: InvocationHead,
  registryLogins: readonly string[] = [],
  bundle?: BundleReference,
): string {
  const preamble = [
    ...layersPlacedCheck(bundle),
    phasePreamble(invocation.kind),
    ...pythonPreamble(build, invocation.kind),
  ];
  const start = [...preamble, ...enterFolderCommands(build)].join(' && ');
  const install: Phase = {
    'runtime-versions': build.runtimeVersions,
    ...onFailureOf(build),
    commands: [
      ...placeLayersCommands(bundle),
      preamble.join(' && '),
      ...registryLogins,
      ...npmInstallCommand(build.packages),
      ...pythonInstallCommands(build, invocation.kind),
      ...enterFolderCommands(build),
      ...(build.installCommands ?? []),
      ...languageCheck(invocation.kind),
    ],
  };
  const exported = [...new Set(build.exportedVariables)];
  const text = toJson({
    version: 0.2,
    env: { shell: 'bash', 'exported-variables': exported.length > 0 ? exported : undefined },
    phases: {
      install,
      ...phaseOf('pre_build', start, build.preBuildCommands, onFailureOf(build)),
      ...phaseOf('build', start, [
        ...(build.preExecutionCommands ?? []),
        ...targetCommands(invocation, build),
        ...(build.buildCommands ?? []),
      ]),
      ...postBuildPhase(start, build),
    },
    artifacts: { 'base-directory': OUTPUT_FOLDER, files: ['**/*'] },
  });
  refuseOversized(text);
  return text;
}

/** Lambda compute and fleets take no `on-failure`. Without it, a failed install or pre_build phase ends a build, too. */
function onFailureOf(build: BuildOptions): Pick<Phase, 'on-failure'> {
  if (isLambdaCompute(build) || build.fleet !== undefined) return {};
  return { 'on-failure': (build.abortPhasesOnFailure ?? true) ? 'ABORT' : 'CONTINUE' };
}

/** Returns the last phase, which ends by hiding secrets in the values that the build exports. */
function postBuildPhase(start: string, build: BuildOptions): Record<string, Phase> {
  const hide = hideExportedCommands(build);
  if (hide.length === 0) return phaseOf('post_build', start, build.postBuildCommands);
  return phaseOf('post_build', start, build.postBuildCommands ?? [':'], { finally: hide });
}

/** Returns a phase, or nothing when it has no commands. */
function phaseOf(
  name: 'pre_build' | 'build' | 'post_build',
  start: string,
  commands: readonly string[] = [],
  settings: Omit<Phase, 'commands'> = {},
): Record<string, Phase> {
  return commands.length === 0 ? {} : { [name]: { ...settings, commands: [start, ...commands] } };
}

/**
 * Serializes as JSON, which is valid YAML and keeps every string of a request a string. Also escapes the characters that
 * JSON allows in strings but that YAML reads as line breaks or rejects.
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
