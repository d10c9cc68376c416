import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import {
  type BuildOptions,
  CODE_ARTIFACT_REPOSITORIES,
  REGISTRY_LOGINS_FILE,
  registryLoginOption,
  registryLoginsKey,
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

/** Whether a run's build logs in to registries, mirrors or CodeArtifact: the request or the seedkit has any. */
export function hasRegistryLogins(build: BuildOptions, logins: SeedkitLogins): boolean {
  return registryLoginOption(build) !== undefined || logins.hasRegistryCredentials || logins.hasPackages;
}

/** Puts the program that logs a build in beside the run's invocation. The same put twice is the same. */
export async function putRegistryLogins(
  runId: string,
  { s3, bucket, loginProgram }: { s3: S3Client; bucket: string; loginProgram: () => Promise<Uint8Array> },
): Promise<void> {
  const Body = await loginProgram();
  const place = { Bucket: bucket, Key: registryLoginsKey(runId) };
  await s3.send(new PutObjectCommand({ ...place, Body, ContentType: 'text/javascript' }));
}

/**
 * What logs a build in before anything is installed; nothing when neither the request nor the seedkit has any. A
 * request that wants it cannot do without. Where only the seedkit has them, a build whose image has no node goes on and
 * says so; a login that fails ends the build.
 */
export function registryLoginCommands(
  { build, bundle }: Pick<RunRequest, 'build' | 'bundle'>,
  logins: SeedkitLogins,
): string[] {
  if (!hasRegistryLogins(build, logins)) return [];
  // The input of a run without bundle is its build's only source.
  const folder =
    bundle === undefined ? '$CODEBUILD_SRC_DIR' : `$CODEBUILD_SRC_DIR_${INPUT_SOURCE_IDENTIFIER}`;
  const program = `"${folder}/${REGISTRY_LOGINS_FILE}"`;
  const words = [...mirrorArguments(build), ...codeArtifactArgument(logins)];
  const withoutNode = `echo ${missingMessage(logins)}${registryLoginOption(build) === undefined ? '' : ' >&2; false'}`;
  return [
    `if command -v node > /dev/null; then ${['node', program, ...words].join(' ')}; else ${withoutNode}; fi`,
  ];
}

function missingMessage({ hasPackages }: SeedkitLogins): string {
  const places = hasPackages ? 'registries, mirrors and CodeArtifact' : 'registries and mirrors';
  return shellQuoted(`codeseeder: no logins to ${places}: the build image has no node`);
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
