import { z } from 'zod';

import type { Catalogue } from './catalogue.js';
import type { ApiRoute } from './codeartifact-service.js';
import { pageOf } from './page.js';
import type { PackageId, PackageStore } from './package-store.js';
import { invalid, notFound } from './refusals.js';
import { formatOf, nameParts, packageOf, repositoryOf } from './request-members.js';
import { latestVersion, withoutVersions, type StoredPackage, type StoredVersion } from './stored-package.js';

const PACKAGE = ['domain', 'repository', 'format', 'namespace', 'package'];
const PAGE = ['max-results', 'next-token'];
/** @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_DeletePackageVersions.html */
const DELETED_MAX = 100;

const deletionSchema = z.object({
  versions: z.array(z.string()).min(1).max(DELETED_MAX),
  expectedStatus: z.string().optional(),
});

/** The packages of a repository itself, without those of its upstreams. */
export function packageRoutes(
  catalogue: Catalogue,
  packages: PackageStore,
): Readonly<Record<string, ApiRoute>> {
  return {
    'POST /v1/packages': {
      operation: 'ListPackages',
      members: ['domain', 'repository', 'format', 'namespace', 'package-prefix', ...PAGE],
      async answer(members) {
        const repository = await repositoryOf(members, catalogue);
        const format = members.optional('format') === undefined ? undefined : formatOf(members);
        const namespace = members.optional('namespace');
        const prefix = members.optional('package-prefix') ?? '';
        const found: ReturnType<typeof summaryOf>[] = [];
        for await (const each of packages.list(repository)) {
          const summary = summaryOf(each);
          if (format !== undefined && format !== summary.format) continue;
          if (namespace !== undefined && namespace !== summary.namespace) continue;
          if (summary.package.startsWith(prefix)) found.push(summary);
        }
        const key = (each: (typeof found)[number]) =>
          `${each.format}/${each.namespace ?? ''}/${each.package}`;
        const { items, ...more } = pageOf(found, key, members);
        return { packages: items, ...more };
      },
    },
    'POST /v1/package/versions': {
      operation: 'ListPackageVersions',
      members: [...PACKAGE, 'status', 'sortBy', 'originType', ...PAGE],
      async answer(members) {
        const id = await packageOf(members, catalogue);
        const stored = await packageIn(packages, id);
        const versions = Object.entries(stored.versions)
          .map(([version, each]) => ({ version, ...standingOf(id, each), publishedAtMs: each.publishedAtMs }))
          .filter(({ status }) => (members.optional('status') ?? status) === status)
          .filter(
            ({ origin }) => (members.optional('originType') ?? origin.originType) === origin.originType,
          );
        if (members.optional('sortBy') === 'PUBLISHED_TIME') {
          versions.sort((a, b) => b.publishedAtMs - a.publishedAtMs);
        }
        const { items, ...more } = pageOf(versions, ({ version }) => version, members);
        return {
          ...nameParts(id),
          defaultDisplayVersion: latestVersion(stored),
          versions: items.map(({ version, revision, status, origin }) => ({
            version,
            revision,
            status,
            origin,
          })),
          ...more,
        };
      },
    },
    'GET /v1/package/version': {
      operation: 'DescribePackageVersion',
      members: [...PACKAGE, 'version'],
      async answer(members) {
        const id = await packageOf(members, catalogue);
        const version = members.required('version');
        const { versions } = await packageIn(packages, id);
        const found = Object.hasOwn(versions, version) ? versions[version] : undefined;
        if (found === undefined) {
          throw notFound(
            'package-version',
            version,
            `Package version '${version}' of '${id.name}' not found.`,
          );
        }
        const { package: packageName, ...parts } = nameParts(id);
        const { publishedAtMs, summary, homePage, license } = found;
        return {
          packageVersion: {
            ...parts,
            packageName,
            displayName: packageName,
            version,
            summary,
            homePage,
            licenses: license === undefined ? [] : [{ name: license }],
            publishedTime: publishedAtMs / 1000,
            ...standingOf(id, found),
          },
        };
      },
    },
    'POST /v1/package/versions/delete': {
      operation: 'DeletePackageVersions',
      members: PACKAGE,
      async answer(members, body) {
        const id = await packageOf(members, catalogue);
        const { versions, expectedStatus = 'Published' } = readDeletion(body);
        await packageIn(packages, id);
        return deleteVersions(packages, id, [...new Set(versions)], expectedStatus === 'Published');
      },
    },
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

/** Whatever is in a repository here was published to it. */
function standingOf({ repository }: PackageId, { revision }: StoredVersion) {
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

function readDeletion(body: unknown): z.infer<typeof deletionSchema> {
  const read = deletionSchema.safeParse(body);
  if (read.success) return read.data;
  throw invalid(`Between 1 and ${DELETED_MAX} versions must be given.`);
}
