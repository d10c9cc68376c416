import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import {
  type BuildOptions,
  CODE_ARTIFACT_REPOSITORIES,
  type Invocation,
  REGISTRY_LOGINS_FILES,
  registryLoginOption,
  registryLoginsKeys,
  type RunRequest,
  seedkitNames,
} from '../../lib/contract/index.js';
import { INPUT_FOLDER } from './layer-sources.js';
import { shellQuoted } from './shell-quoted.js';

/** What builds of a seedkit log in to by themselves. */
export interface SeedkitLogins {
  readonly seedkit: string;
  /** Whether the project's variables name secrets with credentials of registries or mirrors. */
  readonly hasRegistryCredentials: boolean;
  /** Whether there is a CodeArtifact repository of packages. */
  readonly hasPackages: boolean;
}

/** Whether a run's build logs in to registries, mirrors or CodeArtifact: the request or the seedkit has any. */
export function hasRegistryLogins(build: BuildOptions, logins: SeedkitLogins): boolean {
  return registryLoginOption(build) !== undefined || logins.hasRegistryCredentials || logins.hasPackages;
}

/** The program that logs a build in, as node and as Python run it. */
export type LoginPrograms = Readonly<Record<keyof typeof REGISTRY_LOGINS_FILES, Uint8Array>>;

/** Puts the program that logs a build in beside the run's invocation. The same put twice is the same. */
export async function putRegistryLogins(
  runId: string,
  dependencies: { s3: S3Client; bucket: string; loginPrograms: () => Promise<LoginPrograms> },
): Promise<void> {
  const { s3, bucket: Bucket } = dependencies;
  const { node, python } = await dependencies.loginPrograms();
  const keys = registryLoginsKeys(runId);
  await Promise.all([
    s3.send(new PutObjectCommand({ Bucket, Key: keys.node, Body: node, ContentType: 'text/javascript' })),
    s3.send(new PutObjectCommand({ Bucket, Key: keys.python, Body: python, ContentType: 'application/zip' })),
  ]);
}

/**
 * What logs a build in before anything is installed; nothing when neither the request nor the seedkit has any. Runs of
 * Python functions do it in Python, others in node, each in the other where the image has no other. A request that
 * wants it cannot do without. Where only the seedkit has them, a build whose image has neither goes on and says so; a
 * login that fails ends the build.
 */
export function registryLoginCommands(
  { build, bundle }: Pick<RunRequest, 'build' | 'bundle'>,
  kind: Invocation['kind'],
  logins: SeedkitLogins,
): string[] {
  if (!hasRegistryLogins(build, logins)) return [];
  // The input of a run without bundle is its build's only source.
  const folder = bundle === undefined ? '$CODEBUILD_SRC_DIR' : INPUT_FOLDER;
  const words = [...mirrorArguments(build), ...codeArtifactArgument(logins)]
    .map((word) => ` ${word}`)
    .join('');
  const inNode = `command -v node > /dev/null; then node "${folder}/${REGISTRY_LOGINS_FILES.node}"${words}`;
  // Isolated, so that no folder and no variable of the build takes the place of a module.
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
