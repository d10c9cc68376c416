import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import type { ProjectSource } from '@aws-sdk/client-codebuild';

import type { Objects } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import { PhaseFailure } from './phase-failure.js';
import { SMALL_FILE_BYTES } from '../durable/small-file.js';
import { insideOf, type Unpacking, unpackZip } from './zip-source.js';

/** Splits a location `bucket/key`, which may begin with `arn:aws:s3:::`. */
export function splitS3Location(location: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^(?:arn:[^:]+:s3:::)?([^/]+)\/?(.*)$/s.exec(location) ?? [];
  return { bucket, key };
}

export interface SourceToDownload extends Pick<ProjectSource, 'type' | 'location'> {
  /** Version id of the object. @default the current version */
  readonly version?: string | undefined;
}

/** Version id of an object in a bucket without versions. */
const ONLY_VERSION = 'null';

/**
 * Downloads a source into its folder: the objects below a location that ends in `/`, otherwise a zip.
 * @param name names the source in failures, such as `primary source`
 * @throws PhaseFailure `CLIENT_ERROR` with the service's message
 */
export async function downloadSource(
  { objects, unpacking }: { readonly objects: Objects; readonly unpacking: Unpacking },
  source: SourceToDownload,
  folder: string,
  name: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (source.type === 'NO_SOURCE') return;
  const { bucket, key } = splitS3Location(source.location ?? '');
  try {
    const { version = ONLY_VERSION } = source;
    if (version !== ONLY_VERSION) {
      const message = `The specified version does not exist: ${version}. The local S3 has the version ${ONLY_VERSION} only.`;
      throw new AwsError('NoSuchVersion', message, 404);
    }
    if (key === '' || key.endsWith('/')) await downloadFolder(objects, bucket, key, folder);
    else await downloadZip(objects, { bucket, key }, folder, unpacking);
  } catch (error) {
    throw new PhaseFailure('CLIENT_ERROR', `${describe(error)} for ${name}`, { cause: error });
  }
}

async function downloadFolder(
  objects: Objects,
  bucket: string,
  prefix: string,
  folder: string,
): Promise<void> {
  let found = 0;
  for await (const { key } of objects.list(bucket, prefix)) {
    found += 1;
    const path = insideOf(folder, key.slice(prefix.length));
    if (key.endsWith('/')) mkdirSync(path, { recursive: true });
    else await writeObject(await objects.read(bucket, key), path);
  }
  if (found === 0) throw new AwsError('NoSuchKey', `There is no object below ${bucket}/${prefix}`, 404);
}

async function downloadZip(
  objects: Objects,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  folder: string,
  unpacking: Unpacking,
): Promise<void> {
  const zip = await objects.read(bucket, key);
  if (zip.sizeBytes <= SMALL_FILE_BYTES) return unpackZip(await buffer(zip.body), folder, { unpacking });
  const file = `${folder}.zip`;
  await writeObject(zip, file);
  try {
    await unpackZip(file, folder, { unpacking });
  } finally {
    await rm(file, { force: true });
  }
}

async function writeObject(
  { body, sizeBytes }: Awaited<ReturnType<Objects['read']>>,
  path: string,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  if (sizeBytes > SMALL_FILE_BYTES) await pipeline(body, createWriteStream(path));
  else writeFileSync(path, await buffer(body));
}

function describe(error: unknown): string {
  if (error instanceof AwsError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
