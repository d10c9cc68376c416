import { text } from 'node:stream/consumers';

import type { Objects } from '../ports.js';
import { requiredText, validationError } from './query-input.js';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const BODY_MAX_BYTES = 51_200;
const OBJECT_MAX_BYTES = 1_000_000;

/** Host names of S3 whose path has the key only, with the bucket in front. */
const VIRTUAL_HOST = /^([a-z0-9.-]+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/;
const PATH_HOST = /^s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/;

/**
 * The template that a request carries, or names in the place's own S3.
 * @throws AwsError `ValidationError`
 */
export async function templateText(
  input: URLSearchParams,
  objects: Pick<Objects, 'read'>,
  endpoint: string,
): Promise<string> {
  const body = input.get('TemplateBody');
  const url = input.get('TemplateURL');
  if ((body === null) === (url === null)) {
    throw validationError('Either Template URL or Template Body must be specified.');
  }
  if (url !== null) return templateAt(url, objects, endpoint);
  const bodyText = requiredText(input, 'TemplateBody');
  if (Buffer.byteLength(bodyText) > BODY_MAX_BYTES) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${BODY_MAX_BYTES}`,
    );
  }
  return bodyText;
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
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const path = decodeURIComponent(parsed?.pathname.slice(1) ?? '');
  const [, host] = VIRTUAL_HOST.exec(parsed?.hostname ?? '') ?? [];
  if (host !== undefined && path !== '') return { bucket: host, key: path };
  if (parsed !== undefined && (PATH_HOST.test(parsed.hostname) || parsed.origin === endpoint)) {
    const at = path.indexOf('/');
    if (at > 0 && at < path.length - 1) return { bucket: path.slice(0, at), key: path.slice(at + 1) };
  }
  throw validationError(`TemplateURL must be a supported URL: ${url}`);
}
