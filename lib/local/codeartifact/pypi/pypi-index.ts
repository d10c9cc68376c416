import { AwsError } from '../../wire/aws-error.js';
import type { WireResponse } from '../../wire/wire-service.js';
import { assetAnswer, redirectTo, type PackageRequest, type RegistryContext } from '../package-request.js';
import { notFound } from '../refusals.js';
import { isConnected, visiblePackage } from '../visible-packages.js';
import { normalizedName } from './names.js';
import { packagePage, rootPage } from './simple-pages.js';
import { upload } from './upload.js';

/**
 * Answers requests for the simple index, which pip reads, and uploads of twine.
 * @see https://peps.python.org/pep-0503/
 */
export async function pypiAnswer(request: PackageRequest, context: RegistryContext): Promise<WireResponse> {
  if (request.method === 'POST' && request.path === '') return upload(request, context);
  const [folder, name, version, fileName, ...more] = request.path.replace(/\/$/, '').split('/');
  if (folder !== 'simple' || more.length > 0) {
    throw notFound('asset', request.path, 'There is no such path. Packages are below simple/.');
  }
  if (request.method !== 'GET') {
    throw new AwsError('MethodNotAllowed', 'Upload packages with POST to the URL of the repository.', 405);
  }
  if (name === undefined) return rootPage(await visibleNames(request, context));
  if (version === undefined) return packageAnswer(request, context, normalizedName(name));
  return fileAnswer(request, context, normalizedName(name), version, fileName ?? '');
}

async function visibleNames({ repository }: PackageRequest, context: RegistryContext): Promise<string[]> {
  const names = new Set<string>();
  for (const each of await context.catalogue.searchOrder(repository)) {
    for await (const { format, name } of context.packages.list(each)) if (format === 'pypi') names.add(name);
  }
  return [...names].sort();
}

async function packageAnswer(
  { repository, registryUrl }: PackageRequest,
  context: RegistryContext,
  name: string,
): Promise<WireResponse> {
  const stored = await visiblePackage(context, repository, 'pypi', name);
  if (stored !== undefined) return packagePage(name, stored, registryUrl);
  if (await isConnected(context, repository, 'public:pypi')) {
    return redirectTo(`${context.publicRegistries.pypi}${encodeURIComponent(name)}/`);
  }
  throw notFound('package', name, `There is no ${name} in this repository or its upstreams.`);
}

async function fileAnswer(
  { repository }: PackageRequest,
  context: RegistryContext,
  name: string,
  version: string,
  fileName: string,
): Promise<WireResponse> {
  return assetAnswer(context.packages, async () => {
    const stored = await visiblePackage(context, repository, 'pypi', name);
    const versions = stored?.versions ?? {};
    const found = Object.hasOwn(versions, version) ? versions[version] : undefined;
    const asset = found?.assets.find((each) => each.fileName === fileName);
    if (asset !== undefined) return asset;
    throw notFound('asset', fileName, `There is no ${fileName} of ${name} ${version}.`);
  });
}
