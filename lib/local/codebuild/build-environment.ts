import { delimiter, isAbsolute, join, normalize } from 'node:path';

import type { WireBuild } from './build-record.js';
import type { Buildspec } from './buildspec.js';
import { PhaseFailure } from './phase-failure.js';
import { splitS3Location } from './source.js';
import type { Workspace } from './workspace.js';

/**
 * Reads the secrets and parameters that a build refers to. Each function rejects with the service's error if the
 * value does not exist.
 */
export interface SecretReader {
  /** @param reference `secret-id:json-key:version-stage:version-id`, all but the first optional */
  secret(reference: string): Promise<string>;
  parameter(name: string): Promise<string>;
}

/**
 * The variables that a build receives from the environment of the local AWS: tools, language, network access and
 * package registries. No other variable is passed on.
 */
const INHERITED = [
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
];

const GLOBAL_PACKAGES = '.npm-global';

export interface EnvironmentSources {
  readonly build: WireBuild;
  readonly buildspec: Buildspec;
  readonly workspace: Workspace;
  /** Folder for temporary files, as the build sees it. */
  readonly temporary: string;
  readonly secrets: SecretReader | undefined;
  /** Variables by which SDKs in the build find the local AWS. */
  readonly endpoint: Readonly<Record<string, string>>;
  readonly hide: (secret: string) => void;
}

/**
 * Returns the environment of a build's shell. Variables of the request and project replace those of the buildspec, and
 * CodeBuild's own replace all others.
 * @throws PhaseFailure for a reference to a secret or parameter that does not exist
 */
export async function makeBuildEnvironment(sources: EnvironmentSources): Promise<Record<string, string>> {
  const { build, buildspec, workspace, temporary, endpoint } = sources;
  const environment: Record<string, string> = {
    ...inherited(),
    PATH: [...ownCommands(workspace), ...searchedFolders()].join(delimiter),
    ...endpoint,
    ...buildspec.variables,
  };
  for (const [name, reference] of Object.entries(buildspec.parameters)) {
    environment[name] = await resolveParameter(sources, reference);
  }
  for (const [name, reference] of Object.entries(buildspec.secrets)) {
    environment[name] = await resolveSecret(sources, reference);
  }
  for (const { name = '', value = '', type } of build.environment?.environmentVariables ?? []) {
    if (type === 'PARAMETER_STORE') environment[name] = await resolveParameter(sources, value);
    else if (type === 'SECRETS_MANAGER') environment[name] = await resolveSecret(sources, value);
    else environment[name] = value;
  }
  return {
    ...environment,
    HOME: workspace.home,
    // Without this prefix, `npm install -g` would change the developer's machine.
    npm_config_prefix: join(workspace.home, GLOBAL_PACKAGES),
    TMPDIR: temporary,
    SHELL: '/bin/bash',
    ...reserved(build, workspace),
  };
}

/** Returns the folders in which npm and pip put the commands of packages that the build installs. */
function ownCommands({ home }: Workspace): string[] {
  return [join(home, GLOBAL_PACKAGES, 'bin'), join(home, '.local', 'bin')];
}

/** Returns the paths that the inherited variables name, such as the folders of PATH. */
export function inheritedPaths(): string[] {
  return Object.values(inherited())
    .flatMap((value) => value.split(delimiter))
    .filter((path) => isAbsolute(path))
    .map((path) => normalize(path));
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = name === 'PATH' ? searchedFolders().join(delimiter) : process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Matches the folders that npm and npx add to PATH: the commands of a project's packages, and npm's own node-gyp. */
const OF_NPM = /[\\/]node_modules[\\/]\.bin[\\/]?$|[\\/]node-gyp-bin[\\/]?$/;

/**
 * Returns the folders of PATH, without those that only the caller's project or virtual environment has: a build that
 * found its commands there would fail in AWS.
 */
function searchedFolders(): string[] {
  const { PATH = '', VIRTUAL_ENV: virtualEnvironment } = process.env;
  const ofPython = virtualEnvironment && normalize(join(virtualEnvironment, 'bin'));
  return PATH.split(delimiter).filter((folder) => !OF_NPM.test(folder) && normalize(folder) !== ofPython);
}

/**
 * Returns the variables that CodeBuild sets.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
function reserved(build: WireBuild, workspace: Workspace): Record<string, string> {
  const { type, location = '' } = build.source ?? {};
  const { bucket, key } = splitS3Location(location);
  return {
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_NUMBER: String(build.buildNumber),
    CODEBUILD_BUILD_IMAGE: build.environment?.image ?? '',
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: build.initiator ?? '',
    CODEBUILD_KMS_KEY_ID: build.encryptionKey ?? '',
    CODEBUILD_LOG_PATH: build.logs?.streamName ?? '',
    CODEBUILD_START_TIME: String(Math.round(build.startTime * 1000)),
    CODEBUILD_SRC_DIR: workspace.source,
    CODEBUILD_SOURCE_REPO_URL: location,
    CODEBUILD_SOURCE_VERSION: build.sourceVersion ?? (type === 'S3' ? `arn:aws:s3:::${bucket}/${key}` : ''),
    ...Object.fromEntries(
      (build.secondarySources ?? []).map(({ sourceIdentifier = '' }) => [
        `CODEBUILD_SRC_DIR_${sourceIdentifier}`,
        workspace.secondarySource(sourceIdentifier),
      ]),
    ),
  };
}

async function resolveParameter({ secrets, hide }: EnvironmentSources, name: string): Promise<string> {
  try {
    if (secrets === undefined) throw new Error('The local AWS has no Parameter Store.');
    return hidden(await secrets.parameter(name), hide);
  } catch (cause) {
    throw new PhaseFailure('Decrypted Variables Error', `parameter does not exist: ${name}`, { cause });
  }
}

async function resolveSecret({ secrets, hide }: EnvironmentSources, reference: string): Promise<string> {
  try {
    if (secrets === undefined) throw new Error('The local AWS has no Secrets Manager.');
    return hidden(await secrets.secret(reference), hide);
  } catch (cause) {
    const { name: code, message } = cause instanceof Error ? cause : new Error(String(cause));
    throw new PhaseFailure('Secrets Manager Error', `${code}: ${message} (${reference})`, { cause });
  }
}

function hidden(value: string, hide: EnvironmentSources['hide']): string {
  hide(value);
  return value;
}
