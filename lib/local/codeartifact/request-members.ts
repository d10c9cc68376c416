import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { domainArn, repositoryArn } from './arns.js';
import type { Catalogue, StoredDomain, StoredRepository } from './catalogue.js';
import type { PackageId } from './package-store.js';
import { normalizedName } from './pypi/names.js';
import { invalid, notFound } from './refusals.js';
import { PACKAGE_FORMATS } from './stored-package.js';

export const format = z.enum(
  PACKAGE_FORMATS,
  `The local AWS has only packages of the formats ${PACKAGE_FORMATS.join(' and ')}.`,
);

/** Returns the members that name a domain, a repository or a package. */
export function resourceMembers({ account }: Pick<PlaceContext, 'account'>) {
  const domain = {
    domain: z.string().min(1),
    domainOwner: z
      .literal(account, `The domain owner must be the account ${account} of the local AWS.`)
      .optional(),
  };
  const repository = { ...domain, repository: z.string().min(1) };
  return {
    domain,
    repository,
    package: { ...repository, format, namespace: z.string().optional(), package: z.string().min(1) },
  };
}

type ResourceMembers = ReturnType<typeof resourceMembers>;
type RepositoryInput = z.output<z.ZodObject<ResourceMembers['repository']>>;
type PackageInput = z.output<z.ZodObject<ResourceMembers['package']>>;

/** Returns the repository that a request names. @throws AwsError `ResourceNotFoundException` */
export function repositoryOf(input: RepositoryInput, catalogue: Catalogue): Promise<StoredRepository> {
  return catalogue.repository(input.domain, input.repository);
}

/** Matches the ARN of a domain or of a repository, with the names after the slash. */
const RESOURCE_ARN = /^arn:[^:]+:codeartifact:[^:]*:[^:]*:(?:domain\/([^/]+)|repository\/([^/]+)\/([^/]+))$/;

/**
 * Returns the domain or the repository that an ARN names.
 * @throws AwsError `ResourceNotFoundException`, `ValidationException` for an ARN of another type of resource
 */
export async function resourceWithArn(
  arn: string,
  context: PlaceContext,
  catalogue: Catalogue,
): Promise<StoredDomain | StoredRepository> {
  const names = RESOURCE_ARN.exec(arn);
  if (names === null) throw invalid(`${arn} is not the ARN of a domain or a repository.`);
  const [, domain, domainOfRepository = '', repository = ''] = names;
  // An ARN with another account, region or partition names no resource of this local AWS.
  if (domain === undefined) {
    const found = await catalogue.repository(domainOfRepository, repository);
    if (repositoryArn(context, found.domain, found.name) === arn) return found;
    throw notFound('repository', repository, `Repository not found. ${arn} does not exist.`);
  }
  const found = await catalogue.domain(domain);
  if (domainArn(context, found.name) === arn) return found;
  throw notFound('domain', domain, `Domain not found. ${arn} does not exist.`);
}

/**
 * Returns the id of the package that a request names.
 * @throws AwsError `ResourceNotFoundException`, `ValidationException`
 */
export async function packageOf(input: PackageInput, catalogue: Catalogue): Promise<PackageId> {
  const repository = await repositoryOf(input, catalogue);
  const { format: packageFormat, namespace, package: name } = input;
  if (packageFormat === 'npm') {
    return { repository, format: packageFormat, name: namespace ? `@${namespace}/${name}` : name };
  }
  if (namespace) throw invalid(`Packages of the format '${packageFormat}' have no namespace.`);
  return { repository, format: packageFormat, name: normalizedName(name) };
}

/** Splits a package's name into the members of the API. */
export function nameParts({ format: packageFormat, name }: Pick<PackageId, 'format' | 'name'>) {
  const [, namespace, inNamespace] = /^@([^/]+)\/(.+)$/.exec(name) ?? [];
  return { format: packageFormat, namespace, package: inNamespace ?? name };
}
