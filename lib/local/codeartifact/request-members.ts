import type { WireRequest } from '../wire/wire-service.js';
import type { Catalogue, StoredRepository } from './catalogue.js';
import { normalizedName } from './pypi/names.js';
import type { PackageId } from './package-store.js';
import { invalid } from './refusals.js';
import { PACKAGE_FORMATS, type PackageFormat } from './stored-package.js';

/** The members of a request that stand in its query. */
export interface RequestMembers {
  optional(name: string): string | undefined;
  /** @throws AwsError `ValidationException` */
  required(name: string): string;
  /** A whole number. @throws AwsError `ValidationException` */
  number(name: string, fallback: number, isValid: (value: number) => boolean): number;
}

/**
 * @param known names of the members that the operation keeps to
 * @throws AwsError `ValidationException` for another one, which would have to be ignored
 */
export function requestMembers(
  { query }: WireRequest,
  account: string,
  known: readonly string[],
): RequestMembers {
  for (const name of query.keys()) {
    if (name !== 'domain-owner' && !known.includes(name)) {
      throw invalid(`The local place does not have the request member '${name}' here.`);
    }
  }
  const owner = query.get('domain-owner');
  if (owner !== null && owner !== account) {
    throw invalid(`The domain owner '${owner}' is not the account ${account} of the local place.`);
  }
  const optional = (name: string) => query.get(name) ?? undefined;
  return {
    optional,
    required(name) {
      const value = optional(name);
      if (value !== undefined && value !== '') return value;
      throw invalid(
        `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
      );
    },
    number(name, fallback, isValid) {
      const text = optional(name);
      if (text === undefined) return fallback;
      if (/^\d+$/.test(text) && isValid(Number(text))) return Number(text);
      throw invalid(
        `1 validation error detected: Value '${text}' at '${name}' is not within what is allowed.`,
      );
    },
  };
}

/** @throws AwsError `ResourceNotFoundException`, `ValidationException` */
export function repositoryOf(members: RequestMembers, catalogue: Catalogue): Promise<StoredRepository> {
  return catalogue.repository(members.required('domain'), members.required('repository'));
}

/** @throws AwsError `ValidationException` */
export function formatOf(members: RequestMembers): PackageFormat {
  const format = members.required('format');
  const known = PACKAGE_FORMATS.find((each) => each === format);
  if (known !== undefined) return known;
  throw invalid(
    `The local place has packages of the formats ${PACKAGE_FORMATS.join(', ')}, not '${format}'.`,
  );
}

/** @throws AwsError `ResourceNotFoundException`, `ValidationException` */
export async function packageOf(members: RequestMembers, catalogue: Catalogue): Promise<PackageId> {
  const repository = await repositoryOf(members, catalogue);
  const format = formatOf(members);
  const namespace = members.optional('namespace');
  const name = members.required('package');
  if (format === 'npm') return { repository, format, name: namespace ? `@${namespace}/${name}` : name };
  if (namespace) throw invalid(`Packages of the format '${format}' have no namespace.`);
  return { repository, format, name: normalizedName(name) };
}

/** A package's name as the API takes it apart. */
export function nameParts({ format, name }: Pick<PackageId, 'format' | 'name'>) {
  const [, namespace, inNamespace] = /^@([^/]+)\/(.+)$/.exec(name) ?? [];
  return {
    format,
    ...(namespace === undefined ? {} : { namespace }),
    package: inNamespace ?? name,
  };
}
