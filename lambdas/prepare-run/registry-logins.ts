import {
  type BuildOptions,
  BUNDLE_PATHS,
  CODE_ARTIFACT_REPOSITORIES,
  CodeseederError,
  REGISTRY_LOGINS_FILE,
  registryLoginOption,
  type RunRequest,
  seedkitNames,
} from '../../lib/contract/index.js';
import { INPUT_SOURCE_IDENTIFIER } from './build-commands.js';
import { shellQuoted } from './shell-quoted.js';

/** What builds of a seedkit log in to by themselves. */
export interface SeedkitLogins {
  readonly seedkit: string;
  /** Whether the project's variables name secrets with credentials of registries or mirrors. */
  readonly hasRegistryCredentials: boolean;
  /** Whether there is a CodeArtifact repository of packages. */
  readonly hasPackages: boolean;
}

/** The program is in the bundles of our client, and beside the input of a run whose bundle is another's. */
const PROGRAMS = [
  `"$CODEBUILD_SRC_DIR/${BUNDLE_PATHS.registryLogins}"`,
  `"$CODEBUILD_SRC_DIR_${INPUT_SOURCE_IDENTIFIER}/${REGISTRY_LOGINS_FILE}"`,
];

/**
 * What logs a build in to registries, mirrors and CodeArtifact before anything is installed; nothing when neither the
 * request nor the seedkit has any. A request that wants it cannot do without. Where only the seedkit has them, a build
 * that cannot run the program goes on and says so; a login that fails ends the build.
 *
 * @throws CodeseederError `InvalidRequest` for a request without bundle that names a mirror or a secret
 */
export function registryLoginCommands(
  { build, bundle }: Pick<RunRequest, 'build' | 'bundle'>,
  logins: SeedkitLogins,
): string[] {
  const wanted = registryLoginOption(build);
  if (wanted === undefined && !logins.hasRegistryCredentials && !logins.hasPackages) return [];
  if (wanted !== undefined && bundle === undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: build.${wanted}: a run without bundle cannot log in to registries; submit it with the client`,
    );
  }
  const words = [...mirrorArguments(build), ...codeArtifactArgument(logins)];
  const runs = PROGRAMS.map(
    (program) => `if [ -f ${program} ]; then ${['node', program, ...words].join(' ')}; el`,
  );
  const missing = missingMessage(logins);
  if (wanted !== undefined) return [`${runs.join('')}se echo ${missing} >&2; false; fi`];
  return [`if ! command -v node > /dev/null; then echo ${missing}; el${runs.join('')}se echo ${missing}; fi`];
}

function missingMessage({ hasPackages }: SeedkitLogins): string {
  const places = hasPackages ? 'registries, mirrors and CodeArtifact' : 'registries and mirrors';
  return shellQuoted(
    `codeseeder: no logins to ${places}: that takes a run submitted with the codeseeder client and an image with node`,
  );
}

function mirrorArguments({ npmMirror, pypiMirror }: BuildOptions): string[] {
  return [
    ...(pypiMirror === undefined ? [] : [`--pypi-mirror=${shellQuoted(pypiMirror)}`]),
    ...(npmMirror === undefined ? [] : [`--npm-mirror=${shellQuoted(npmMirror)}`]),
  ];
}

function codeArtifactArgument({ seedkit, hasPackages }: SeedkitLogins): string[] {
  if (!hasPackages) return [];
  const place = `${seedkitNames.codeArtifactDomain(seedkit)}/${CODE_ARTIFACT_REPOSITORIES.packages}`;
  return [`--codeartifact=${shellQuoted(place)}`];
}
