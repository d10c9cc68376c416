import { createHash } from 'node:crypto';

import { z } from 'zod';

import { invalid } from '../refusals.js';
import { tarballName } from './npm-path.js';

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  description: z.string().optional().catch(undefined),
  homepage: z.string().optional().catch(undefined),
  license: z.string().optional().catch(undefined),
  deprecated: z.string().optional().catch(undefined),
  dist: z.looseObject({ integrity: z.string().optional(), shasum: z.string().optional() }).default({}),
});

/** @see https://github.com/npm/libnpmpublish */
const publicationSchema = z.looseObject({
  name: z.string(),
  'dist-tags': z.record(z.string(), z.string()).default({}),
  versions: z.record(z.string(), manifestSchema),
  _attachments: z.record(z.string(), z.looseObject({ data: z.string() })).default({}),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** The body of `npm publish`: one version with its tarball. Without attachments it is the body of `npm deprecate`. */
export interface Publication {
  readonly versions: Readonly<Record<string, Manifest>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly published?: { readonly version: string; readonly manifest: Manifest; readonly tarball: Buffer };
}

/** Matches a semantic version. @see https://semver.org */
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const TAG = /^[A-Za-z][\w.-]*$/;

/** Parses the body of `npm publish`. @throws AwsError `ValidationException` naming the fault */
export function parsePublication(packageName: string, body: Buffer): Publication {
  const { name, versions, _attachments, 'dist-tags': tags } = readPublication(body);
  if (name !== packageName)
    throw invalid(`The package is named '${name}', but the path is that of '${packageName}'.`);
  for (const tag of Object.keys(tags)) checkTag(tag);
  if (Object.keys(_attachments).length === 0) return { versions, tags };
  const [[version, manifest] = [], ...others] = Object.entries(versions);
  if (version === undefined || manifest === undefined || others.length > 0) {
    throw invalid('The request must publish exactly one version.');
  }
  if (!VERSION.test(version) || manifest.version !== version || manifest.name !== name) {
    throw invalid(`'${manifest.name}@${manifest.version}' is not a valid version '${version}' of '${name}'.`);
  }
  const attachment = Object.entries(_attachments).find(([file]) => file.endsWith('.tgz'));
  if (attachment === undefined) throw invalid(`${tarballName(name, version)} is not attached.`);
  const tarball = Buffer.from(attachment[1].data, 'base64');
  return { versions, tags, published: { version, manifest: withDigests(manifest, tarball), tarball } };
}

/** Checks a distribution tag. @throws AwsError `ValidationException` */
export function checkTag(tag: string): void {
  if (!TAG.test(tag)) throw invalid(`'${tag}' is not a valid tag.`);
}

function readPublication(body: Buffer): z.infer<typeof publicationSchema> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid('The request body is not JSON.');
  }
  const read = publicationSchema.safeParse(value);
  if (read.success) return read.data;
  throw invalid(`The request body is not a package: ${z.prettifyError(read.error)}`);
}

/** Adds the digests that npm checks when it installs the package. */
function withDigests(manifest: Manifest, tarball: Buffer): Manifest {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const shasum = createHash('sha1').update(tarball).digest('hex');
  const { dist } = manifest;
  if ((dist.integrity ?? integrity) !== integrity || (dist.shasum ?? shasum) !== shasum) {
    throw invalid('The tarball does not match its integrity.');
  }
  return { ...manifest, dist: { ...dist, integrity, shasum } };
}
