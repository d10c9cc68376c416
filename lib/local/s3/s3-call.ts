import { AwsError } from '../wire/aws-error.js';
import type { WireRequest, WireResponse } from '../wire/wire-service.js';
import { writeXml, type XmlValue } from '../wire/xml.js';
import { openRequestBody } from './request-body.js';
import type { S3Store } from './s3-store.js';
import { invalidArgument } from './refusals.js';

/** A request with the bucket and the key of its path. */
export interface S3Call {
  readonly request: WireRequest;
  readonly query: URLSearchParams;
  readonly store: S3Store;
  /** Empty for a request to the service itself. */
  readonly bucket: string;
  /** Empty for a request to a bucket. */
  readonly key: string;
}

export type S3Operation = (call: S3Call) => Promise<WireResponse>;

/** Version id of every object, as in a bucket without versioning. */
export const ONLY_VERSION = 'null';

/** Refuses a request for another version of an object than the only one. @throws AwsError `NoSuchVersion` */
export function checkVersion({ query, key }: S3Call): void {
  const versionId = query.get('versionId') ?? ONLY_VERSION;
  if (versionId === ONLY_VERSION) return;
  throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, {
    Key: key,
    VersionId: versionId,
  });
}

const XML_BODY_MAX_BYTES = 4 * 1024 * 1024;

export function xmlResponse(
  call: S3Call,
  root: Readonly<Record<string, XmlValue>>,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const [[name, content] = ['Result', '']] = Object.entries(root);
  return {
    status: 200,
    headers: { ...baseHeaders(call), 'content-type': 'application/xml', ...headers },
    body: writeXml({
      [name]:
        typeof content === 'object' && !Array.isArray(content)
          ? { '@xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/', ...content }
          : content,
    }),
  };
}

export function emptyResponse(
  call: S3Call,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return { status, headers: { ...baseHeaders(call), ...headers } };
}

export function baseHeaders(call: S3Call): Record<string, string> {
  return { 'x-amz-request-id': call.request.requestId };
}

/** Reads a small body, such as a list of keys, and compares it with the checksums in the headers. */
export function readSmallBody(call: S3Call): Promise<string> {
  return collectText(openRequestBody(call.request).content);
}

/**
 * Reads a small body of a request whose `x-amz-checksum-*` headers are about an object and not about the body.
 */
export function readSmallXml(call: S3Call): Promise<string> {
  const headers = Object.entries(call.request.headers).filter(
    ([name]) => !name.startsWith('x-amz-checksum-'),
  );
  return collectText(openRequestBody({ ...call.request, headers: Object.fromEntries(headers) }).content);
}

async function collectText(content: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of content) {
    sizeBytes += piece.length;
    if (sizeBytes > XML_BODY_MAX_BYTES) {
      throw new AwsError('MalformedXML', `The XML you provided is over ${XML_BODY_MAX_BYTES} bytes.`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Returns the integer in a query parameter. @throws AwsError `InvalidArgument` */
export function queryNumber(
  call: S3Call,
  name: string,
  fallback: number,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const text = call.query.get(name);
  if (text === null || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw invalidArgument(name, text, `${name} must be a whole number from ${least} to ${most}.`);
}
