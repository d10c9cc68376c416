import { createHash, randomUUID } from 'node:crypto';

import type { PackageRequest, RegistryContext } from '../package-request.js';
import type { PackageId } from '../package-store.js';
import { conflict, notFound } from '../refusals.js';
import type { StoredPackage, StoredVersion } from '../stored-package.js';
import type { WireResponse } from '../../wire/wire-service.js';
import { jsonAnswer } from '../package-request.js';
import { tarballName } from './npm-path.js';
import { checkTag, parsePublication, type Publication } from './publication.js';

/** Handles `npm publish`, and `npm deprecate`, which sends no tarball. */
export async function publish(
  request: PackageRequest,
  { packages, now }: RegistryContext,
  name: string,
): Promise<WireResponse> {
  const publication = parsePublication(name, await request.readBody());
  const id: PackageId = { repository: request.repository, format: 'npm', name };
  const { published, tags } = publication;
  if (published === undefined) {
    await packages.change(id, (current) => deprecated(id, current, publication));
    return jsonAnswer({ ok: true });
  }
  const { version, manifest, tarball } = published;
  await packages.publish(id, tarball, (current, blob) => {
    if (Object.hasOwn(current.versions, version)) {
      throw conflict('package-version', version, `Version ${version} of ${name} has been published already.`);
    }
    const sha256 = createHash('sha256').update(tarball).digest('hex');
    const { description, homepage, license } = manifest;
    const added: StoredVersion = {
      revision: randomUUID(),
      publishedAtMs: now(),
      assets: [{ fileName: tarballName(name, version), blob, sha256 }],
      summary: description,
      homePage: homepage,
      license,
      manifest,
    };
    return {
      versions: { ...current.versions, [version]: added },
      tags: { ...current.tags, ...tags },
    };
  });
  return jsonAnswer({ ok: true }, 201);
}

/** Handles `npm dist-tag`, which sets or removes a tag of a package. */
export async function changeTag(
  request: PackageRequest,
  { packages }: RegistryContext,
  name: string,
  tag: string,
): Promise<WireResponse> {
  checkTag(tag);
  const version = request.method === 'DELETE' ? undefined : readVersion(await request.readBody());
  const changed = await packages.change(
    { repository: request.repository, format: 'npm', name },
    (current) => {
      const { [tag]: _former, ...others } = current.tags;
      if (version === undefined) return { ...current, tags: others };
      if (Object.hasOwn(current.versions, version)) {
        return { ...current, tags: { ...others, [tag]: version } };
      }
      throw notFound(
        'package-version',
        version,
        `There is no version ${version} of ${name}, so it cannot be tagged.`,
      );
    },
  );
  return jsonAnswer(changed.tags);
}

/** Reads a version, which npm sends as a JSON string. */
function readVersion(body: Buffer): string {
  return body.toString('utf8').trim().replace(/^"|"$/g, '');
}

/** Changes only the deprecation notices. An empty notice removes the deprecation. */
function deprecated({ name }: PackageId, current: StoredPackage, { versions }: Publication): StoredPackage {
  if (Object.keys(current.versions).length === 0) {
    throw notFound('package', name, `There is no ${name} in this repository.`);
  }
  return {
    tags: current.tags,
    versions: Object.fromEntries(
      Object.entries(current.versions).map(([version, stored]) => {
        const notice = Object.hasOwn(versions, version) ? versions[version]?.deprecated : undefined;
        const { deprecated: _former, ...manifest } = stored.manifest ?? {};
        return [version, { ...stored, manifest: notice ? { ...manifest, deprecated: notice } : manifest }];
      }),
    ),
  };
}
