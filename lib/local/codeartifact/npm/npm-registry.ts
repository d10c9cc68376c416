import { AwsError } from '../../wire/aws-error.js';
import type { WireResponse } from '../../wire/wire-service.js';
import {
  assetAnswer,
  jsonAnswer,
  redirectTo,
  type PackageRequest,
  type RegistryContext,
} from '../package-request.js';
import { notFound } from '../refusals.js';
import { latestVersion } from '../stored-package.js';
import { isConnected, visiblePackage } from '../visible-packages.js';
import { parseNpmPath, type NpmPath } from './npm-path.js';
import { packument, publicManifest } from './packument.js';
import { publicPackument } from './public-packument.js';
import { changeTag, publish } from './publish.js';

/**
 * Answers requests of npm's registry protocol, for the npm commands that CodeArtifact supports.
 * @see https://docs.aws.amazon.com/codeartifact/latest/ug/npm-commands.html
 */
export async function npmAnswer(request: PackageRequest, context: RegistryContext): Promise<WireResponse> {
  const path = parseNpmPath(request.path);
  if (path === undefined || path.kind === 'service') return serviceAnswer(request, path?.name);
  const { packageName } = path;
  if (request.method === 'GET') return readAnswer(request, context, path);
  if (request.method === 'PUT' && path.kind === 'packument') return publish(request, context, packageName);
  if (path.kind === 'dist-tags' && path.tag !== undefined && ['PUT', 'DELETE'].includes(request.method)) {
    return changeTag(request, context, packageName, path.tag);
  }
  throw new AwsError('MethodNotAllowed', 'CodeArtifact does not have this npm command.', 405);
}

function serviceAnswer({ method, path }: PackageRequest, name: string | undefined): WireResponse {
  if (method === 'GET' && name === 'ping') return jsonAnswer({});
  if (method === 'GET' && name === 'whoami') return jsonAnswer({ username: 'aws' });
  throw notFound('asset', path, 'CodeArtifact does not have this npm command.');
}

async function readAnswer(
  request: PackageRequest,
  context: RegistryContext,
  path: Exclude<NpmPath, { kind: 'service' }>,
): Promise<WireResponse> {
  const { packageName } = path;
  const stored = await visiblePackage(context, request.repository, 'npm', packageName);
  if (stored === undefined) return publicAnswer(request, context, path);
  const { registryUrl } = request;
  if (path.kind === 'packument') return jsonAnswer(packument(packageName, stored, registryUrl));
  if (path.kind === 'dist-tags') return jsonAnswer({ latest: latestVersion(stored), ...stored.tags });
  if (path.kind === 'tarball') return tarballAnswer(request, context, packageName, path.fileName);
  const version =
    path.version === 'latest' ? latestVersion(stored) : (stored.tags[path.version] ?? path.version);
  const found = Object.hasOwn(stored.versions, version ?? '') ? stored.versions[version ?? ''] : undefined;
  if (version === undefined || found === undefined) {
    throw notFound('package-version', path.version, `There is no version ${path.version} of ${packageName}.`);
  }
  return jsonAnswer(publicManifest(packageName, version, found, registryUrl));
}

async function tarballAnswer(
  { repository }: PackageRequest,
  context: RegistryContext,
  packageName: string,
  fileName: string,
): Promise<WireResponse> {
  return assetAnswer(context.packages, async () => {
    const stored = await visiblePackage(context, repository, 'npm', packageName);
    const assets = Object.values(stored?.versions ?? {}).flatMap((version) => version.assets);
    const asset = assets.find((each) => each.fileName === fileName);
    if (asset !== undefined) return asset;
    throw notFound('asset', fileName, `There is no ${fileName}.`);
  });
}

/**
 * Answers a request for a package that is not published here. Reads it from the public registry if there is an external
 * connection.
 */
async function publicAnswer(
  request: PackageRequest,
  context: RegistryContext,
  path: Exclude<NpmPath, { kind: 'service' }>,
): Promise<WireResponse> {
  const { packageName } = path;
  if (!(await isConnected(context, request.repository, 'public:npmjs'))) {
    throw notFound('package', packageName, `There is no ${packageName} in this repository or its upstreams.`);
  }
  const { npm } = context.publicRegistries;
  if (path.kind === 'packument') return publicPackument(request, npm, packageName);
  if (path.kind === 'dist-tags')
    return redirectTo(`${npm}-/package/${packageName.replace('/', '%2f')}/dist-tags`);
  if (path.kind === 'tarball')
    return redirectTo(`${npm}${packageName}/-/${encodeURIComponent(path.fileName)}`);
  return redirectTo(`${npm}${packageName.replace('/', '%2f')}/${encodeURIComponent(path.version)}`);
}
