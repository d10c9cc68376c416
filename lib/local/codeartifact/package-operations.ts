import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { operation, type InputOf } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { wholeNumberText } from '../wire/text-members.js';
import type { Catalogue } from './catalogue.js';
import type { PackageId, PackageStore } from './package-store.js';
import { invalid, notFound } from './refusals.js';
import { format, nameParts, packageOf, repositoryOf, resourceMembers } from './request-members.js';
import { latestVersion, withoutVersions, type StoredPackage, type StoredVersion } from './stored-package.js';

/** @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_DeletePackageVersions.html */
const DELETED_MAX = 100;

const pageMembers = {
  maxResults: wholeNumberText.pipe(z.number().min(1).max(1000)).default(100),
  nextToken: z.string().optional(),
};

/**
 * Returns the operations on packages. They read and change the packages of the named repository only, not those of
 * its upstreams.
 */
export function packageOperations(context: PlaceContext, catalogue: Catalogue, packages: PackageStore) {
  const members = resourceMembers(context);
  return {
    ListPackages: operation(
      {
        ...members.repository,
        format: format.optional(),
        namespace: z.string().optional(),
        packagePrefix: z.string().default(''),
        ...pageMembers,
      },
      async (input) => {
        const found: ReturnType<typeof summaryOf>[] = [];
        for await (const each of packages.list(await repositoryOf(input, catalogue))) {
          const summary = summaryOf(each);
          const matches =
            (input.format ?? summary.format) === summary.format &&
            (input.namespace ?? summary.namespace) === summary.namespace &&
            summary.package.startsWith(input.packagePrefix);
          if (matches) found.push(summary);
        }
        const { items, nextToken } = pageOf(
          found,
          (each) => `${each.format}/${each.namespace ?? ''}/${each.package}`,
          input,
        );
        return { packages: items, nextToken };
      },
    ),
    ...versionOperations(members.package, catalogue, packages),
  };
}

function versionOperations(
  members: ReturnType<typeof resourceMembers>['package'],
  catalogue: Catalogue,
  packages: PackageStore,
) {
  return {
    ListPackageVersions: operation(
      {
        ...members,
        status: z.string().optional(),
        sortBy: z.literal('PUBLISHED_TIME').optional(),
        originType: z.string().optional(),
        ...pageMembers,
      },
      async (input) => {
        const id = await packageOf(input, catalogue);
        const stored = await packageIn(packages, id);
        const versions = Object.entries(stored.versions)
          .map(([version, each]) => ({ version, ...statusOf(id, each), publishedAtMs: each.publishedAtMs }))
          .filter(
            ({ status, origin }) =>
              (input.status ?? status) === status &&
              (input.originType ?? origin.originType) === origin.originType,
          );
        if (input.sortBy !== undefined) versions.sort((a, b) => b.publishedAtMs - a.publishedAtMs);
        const { items, nextToken } = pageOf(versions, ({ version }) => version, input);
        return {
          ...nameParts(id),
          defaultDisplayVersion: latestVersion(stored),
          versions: items.map(({ publishedAtMs: _, ...version }) => version),
          nextToken,
        };
      },
    ),
    DescribePackageVersion: operation({ ...members, packageVersion: z.string().min(1) }, async (input) => {
      const id = await packageOf(input, catalogue);
      const version = input.packageVersion;
      const { versions } = await packageIn(packages, id);
      const found = Object.hasOwn(versions, version) ? versions[version] : undefined;
      if (found === undefined) {
        const message = `Package version '${version}' of '${id.name}' not found.`;
        throw notFound('package-version', version, message);
      }
      return { packageVersion: describeVersion(id, version, found) };
    }),
    DeletePackageVersions: operation(
      {
        ...members,
        versions: z.array(z.string()).min(1).max(DELETED_MAX),
        expectedStatus: z.string().default('Published'),
      },
      async (input) => {
        const id = await packageOf(input, catalogue);
        await packageIn(packages, id);
        const isExpected = input.expectedStatus === 'Published';
        return deleteVersions(packages, id, [...new Set(input.versions)], isExpected);
      },
    ),
  };
}

function pageOf<Item>(
  all: readonly Item[],
  key: (item: Item) => string,
  { maxResults, nextToken }: InputOf<typeof pageMembers>,
) {
  const invalidToken = () => invalid('The nextToken is not valid.');
  return page(all, key, { order: 'other', token: nextToken, limit: maxResults, invalidToken });
}

function describeVersion(id: PackageId, version: string, stored: StoredVersion): object {
  const { package: packageName, ...parts } = nameParts(id);
  const { publishedAtMs, summary, homePage, license } = stored;
  return {
    ...parts,
    packageName,
    displayName: packageName,
    version,
    summary,
    homePage,
    licenses: license === undefined ? [] : [{ name: license }],
    publishedTime: publishedAtMs / 1000,
    ...statusOf(id, stored),
  };
}

async function deleteVersions(
  packages: PackageStore,
  id: PackageId,
  versions: readonly string[],
  isExpected: boolean,
): Promise<object> {
  const successful: Record<string, object> = {};
  const failed: Record<string, object> = {};
  await packages.change(id, (current) => {
    for (const version of versions) {
      const found = Object.hasOwn(current.versions, version) ? current.versions[version] : undefined;
      if (found === undefined) {
        failed[version] = { errorCode: 'NOT_FOUND', errorMessage: `Version '${version}' not found.` };
      } else if (isExpected) successful[version] = { revision: found.revision, status: 'Deleted' };
      else failed[version] = { errorCode: 'MISMATCHED_STATUS', errorMessage: "The status is 'Published'." };
    }
    return withoutVersions(current, Object.keys(successful));
  });
  return { successfulVersions: successful, failedVersions: failed };
}

async function packageIn(packages: PackageStore, id: PackageId): Promise<StoredPackage> {
  const found = await packages.find(id);
  if (found !== undefined) return found;
  const message = `Package not found. Package '${id.name}' does not exist in repository '${id.repository.name}'.`;
  throw notFound('package', id.name, message);
}

/**
 * Returns status and origin of a version. The origin is always the repository itself, because all its packages were
 * published to it.
 */
function statusOf({ repository }: PackageId, { revision }: StoredVersion) {
  return {
    revision,
    status: 'Published',
    origin: { domainEntryPoint: { repositoryName: repository.name }, originType: 'INTERNAL' },
  };
}

function summaryOf(id: Pick<PackageId, 'format' | 'name'>) {
  const restrictions = { publish: 'ALLOW', upstream: 'BLOCK' };
  return { ...nameParts(id), originConfiguration: { restrictions } };
}
