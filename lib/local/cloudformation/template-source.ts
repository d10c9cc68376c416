import { text } from 'node:stream/consumers';

import type { Objects } from '../ports.js';
import type { InputOf } from '../wire/operation.js';
import { validationError, type templateMembers } from './request-members.js';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const BODY_MAX_BYTES = 51_200;
const OBJECT_MAX_BYTES = 1_000_000;

/** Host names of S3 that start with the bucket, so that the path has only the key. */
const VIRTUAL_HOST = /^([a-z0-9.-]+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/;
const PATH_HOST = /^s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/;

/**
 * Returns the template of a request, from its body or from an object in the local S3.
 * @throws AwsError `ValidationError`
 */
export async function templateText(
  { TemplateBody: body, TemplateURL: url }: InputOf<typeof templateMembers>,
  objects: Pick<Objects, 'read'>,
  endpoint: string,
): Promise<string> {
  if (url !== undefined && body === undefined) return templateAt(url, objects, endpoint);
  if (body === undefined || url !== undefined) {
    throw validationError('Either Template URL or Template Body must be specified.');
  }
  if (Buffer.byteLength(body) > BODY_MAX_BYTES) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${BODY_MAX_BYTES}`,
    );
  }
  return body;
}

async function templateAt(url: string, objects: Pick<Objects, 'read'>, endpoint: string): Promise<string> {
  const { bucket, key } = locationOf(url, endpoint);
  try {
    const { body, sizeBytes } = await objects.read(bucket, key);
    if (sizeBytes > OBJECT_MAX_BYTES) {
      body.destroy();
      throw validationError(`Template may not exceed ${OBJECT_MAX_BYTES} bytes in size.`);
    }
    return await text(body);
  } catch (error) {
    if (error instanceof Error && /^NoSuch(Key|Bucket)$/.test(error.name)) {
      throw validationError(`S3 error: ${error.message} (${bucket}/${key})`);
    }
    throw error;
  }
}

function locationOf(url: string, endpoint: string): { bucket: string; key: string } {
  const { hostname, origin, pathname } = URL.canParse(url) ? new URL(url) : new URL('none:/');
  const path = decodeURIComponent(pathname.slice(1));
  const [, host] = VIRTUAL_HOST.exec(hostname) ?? [];
  if (host !== undefined && path !== '') return { bucket: host, key: path };
  const [, bucket, key] = /^([^/]+)\/(.+)$/s.exec(path) ?? [];
  const isPathStyle = PATH_HOST.test(hostname) || origin === endpoint;
  if (isPathStyle && bucket !== undefined && key !== undefined) return { bucket, key };
  throw validationError(`TemplateURL must be a supported URL: ${url}`);
}
