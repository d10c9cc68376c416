import {
  BUILDSPEC_MAX_BYTES,
  type BuildOptions,
  type BundleReference,
  CodeseederError,
  type Invocation,
} from '../../lib/contract/index.js';
import {
  enterFolderCommands,
  npmInstallCommand,
  OUTPUT_FOLDER,
  phasePreamble,
  targetCommands,
} from './build-commands.js';
import { layersPlacedCheck, placeLayersCommands } from './layer-sources.js';
import { pythonInstallCommands, pythonPreamble } from './python-commands.js';

interface Phase {
  readonly 'runtime-versions'?: Readonly<Record<string, string>>;
  readonly 'on-failure'?: 'ABORT' | 'CONTINUE';
  readonly commands: readonly string[];
}

/**
 * The buildspec of a run.
 *
 * Only install and pre_build carry `on-failure`: on build, ABORT would keep post_build and the upload of the
 * result from happening, and CONTINUE could let a failed target end green.
 *
 * @param registryLogins commands that come before anything is installed
 * @param bundle whose layers are placed before anything else
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 * @throws CodeseederError `InvalidRequest` when it is too large
 */
export function renderBuildspec(
  build: BuildOptions,
  invocation: Invocation,
  registryLogins: readonly string[] = [],
  bundle?: BundleReference,
): string {
  const preamble = [
    ...layersPlacedCheck(bundle),
    phasePreamble(invocation.kind),
    ...pythonPreamble(build, invocation.kind),
  ];
  const start = [...preamble, ...enterFolderCommands(build)].join(' && ');
  const onFailure = (build.abortPhasesOnFailure ?? true) ? 'ABORT' : 'CONTINUE';
  const install: Phase = {
    ...(build.runtimeVersions !== undefined && { 'runtime-versions': build.runtimeVersions }),
    'on-failure': onFailure,
    commands: [
      ...placeLayersCommands(bundle),
      preamble.join(' && '),
      ...registryLogins,
      ...npmInstallCommand(build.packages),
      ...pythonInstallCommands(build, invocation.kind),
      ...enterFolderCommands(build),
      ...(build.installCommands ?? []),
    ],
  };
  const text = toJson({
    version: 0.2,
    env: {
      shell: 'bash',
      ...(build.exportedVariables?.length && { 'exported-variables': [...new Set(build.exportedVariables)] }),
    },
    phases: {
      install,
      ...phaseOf('pre_build', start, build.preBuildCommands, { 'on-failure': onFailure }),
      ...phaseOf('build', start, [
        ...(build.preExecutionCommands ?? []),
        ...targetCommands(invocation, build),
        ...(build.buildCommands ?? []),
      ]),
      ...phaseOf('post_build', start, build.postBuildCommands),
    },
    artifacts: { 'base-directory': OUTPUT_FOLDER, files: ['**/*'] },
  });
  refuseOversized(text);
  return text;
}

/** A phase with commands of its own; one without is left out. */
function phaseOf(
  name: 'pre_build' | 'build' | 'post_build',
  start: string,
  commands: readonly string[] = [],
  settings: Omit<Phase, 'commands'> = {},
): Record<string, Phase> {
  return commands.length === 0 ? {} : { [name]: { ...settings, commands: [start, ...commands] } };
}

/**
 * JSON is YAML, so no value of a request can be read as anything but the string it is. YAML takes a few raw
 * characters for line breaks, or refuses them, that JSON lets stand in a string: these are escaped too.
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
      `The run's buildspec has ${sizeBytes} bytes, at most ${BUILDSPEC_MAX_BYTES}: put long commands into a script of the bundle and run that`,
    );
  }
}
