import {
  type BuildOptions,
  CODE_ARTIFACT_REPOSITORIES,
  type Invocation,
  REGISTRY_LOGINS_FILES,
  registryLoginOption,
  type RunRequest,
  seedkitNames,
} from '../../lib/contract/index.js';
import { inputFolder } from './layer-sources.js';
import { shellQuoted } from './shell-quoted.js';

/** The logins of all builds of a seedkit. */
export interface SeedkitLogins {
  readonly seedkit: string;
  /** Whether the project's variables name secrets with credentials of registries or mirrors. */
  readonly hasRegistryCredentials: boolean;
  /** Whether there is a CodeArtifact repository of packages. */
  readonly hasPackages: boolean;
}

/** Returns whether a build logs in to registries, mirrors or CodeArtifact of the request or the seedkit. */
export function hasRegistryLogins(build: BuildOptions, logins: SeedkitLogins): boolean {
  return registryLoginOption(build) !== undefined || logins.hasRegistryCredentials || logins.hasPackages;
}

/** The program that logs a build in, for Node.js and for Python. */
export type LoginPrograms = Readonly<Record<keyof typeof REGISTRY_LOGINS_FILES, Uint8Array>>;

/**
 * Returns the command that logs a build in before packages are installed, if the request or the seedkit has logins. It
 * runs in Python for Python functions and otherwise in Node.js; if the image lacks that language, in the other one. If
 * the image has neither, the build fails when the request has logins, and otherwise prints a message. A failed login
 * fails the build.
 */
export function registryLoginCommands(
  { build, bundle }: Pick<RunRequest, 'build' | 'bundle'>,
  kind: Invocation['kind'],
  logins: SeedkitLogins,
): string[] {
  if (!hasRegistryLogins(build, logins)) return [];
  const folder = inputFolder(bundle);
  const words = [...mirrorArguments(build), ...codeArtifactArgument(logins)]
    .map((word) => ` ${word}`)
    .join('');
  const inNode = `command -v node > /dev/null; then node "${folder}/${REGISTRY_LOGINS_FILES.node}"${words}`;
  // `-I` runs Python isolated, so that no folder and no variable of the build can replace a module.
  const inPython = `command -v python3 > /dev/null; then python3 -I "${folder}/${REGISTRY_LOGINS_FILES.python}"${words}`;
  const [first, second] = kind === 'python' ? [inPython, inNode] : [inNode, inPython];
  const withNeither = `echo ${missingMessage(logins)}${registryLoginOption(build) === undefined ? '' : ' >&2; false'}`;
  return [`if ${first}; elif ${second}; else ${withNeither}; fi`];
}

function missingMessage({ hasPackages }: SeedkitLogins): string {
  const places = hasPackages ? 'registries, mirrors and CodeArtifact' : 'registries and mirrors';
  return shellQuoted(`codeseeder: no logins to ${places}: the build image has neither node nor python3`);
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
