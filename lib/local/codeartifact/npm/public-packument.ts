import { z } from 'zod';

import type { WireResponse } from '../../wire/wire-service.js';
import { jsonAnswer, type PackageRequest } from '../package-request.js';
import { notFound } from '../refusals.js';

const TIMEOUT_MS = 60_000;
/**
 * npm replaces this host in the URL of a tarball by the host of its configured registry, but leaves out the path of
 * that registry.
 */
const NPMJS = 'https://registry.npmjs.org/';

const packumentSchema = z.looseObject({
  versions: z
    .record(z.string(), z.looseObject({ dist: z.looseObject({ tarball: z.string() }).optional() }))
    .default({}),
});

/**
 * Returns a package's metadata from the public registry. The URLs of its tarballs are in the local repository, which
 * redirects npm to the public registry.
 * @param registry URL of the public registry, with a trailing slash
 * @throws AwsError `ResourceNotFoundException`, also when the registry cannot be reached
 */
export async function publicPackument(
  { accept, registryUrl }: PackageRequest,
  registry: string,
  packageName: string,
): Promise<WireResponse> {
  const found = packumentSchema.parse(await read(registry, packageName, accept));
  const urlInRepository = (tarball: string) => {
    const base = [registry, NPMJS].find((each) => tarball.startsWith(`${each}${packageName}/-/`));
    return base === undefined ? tarball : `${registryUrl}${tarball.slice(base.length)}`;
  };
  for (const { dist } of Object.values(found.versions)) {
    if (dist !== undefined) dist.tarball = urlInRepository(dist.tarball);
  }
  return jsonAnswer(found);
}

async function read(registry: string, packageName: string, accept: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`${registry}${packageName.replace('/', '%2f')}`, {
      headers: { accept },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return await response.json();
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    const message = `There is no ${packageName} in this repository, and ${registry} cannot be reached: ${reason}`;
    throw notFound('package', packageName, message);
  }
  const message = `There is no ${packageName} in this repository, and ${registry} returned the status ${response.status}.`;
  throw notFound('package', packageName, message);
}
