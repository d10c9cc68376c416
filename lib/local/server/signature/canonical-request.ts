import type { IncomingMessage } from 'node:http';

import { decodeUriPart, encodeUriPart, encodeUriPath } from './percent-encoding.js';
import { SignatureRefusal } from './signature-refusal.js';

export interface CanonicalParts {
  readonly message: IncomingMessage;
  /** The path as the client sent it, without the query. */
  readonly path: string;
  /** The query as the client sent it, without the question mark. */
  readonly rawQuery: string;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** For S3, clients sign the path as they send it. For other services, they encode it once more. */
  readonly encodePathTwice: boolean;
}

/**
 * Returns the canonical request of Signature Version 4.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(parts: CanonicalParts): string {
  const headers = parts.signedHeaders.map((name) => {
    const values = parts.message.headersDistinct[name];
    if (values === undefined) {
      throw new SignatureRefusal('mismatch', `The signed header '${name}' is missing from the request.`);
    }
    return `${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}\n`;
  });
  return [
    parts.message.method ?? 'GET',
    canonicalPath(parts.path, parts.encodePathTwice),
    canonicalQuery(parts.rawQuery),
    headers.join(''),
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n');
}

function canonicalPath(path: string, encodeTwice: boolean): string {
  if (encodeTwice) return encodeUriPath(path);
  const decoded = decodeUriPart(path);
  if (decoded === undefined) {
    throw new SignatureRefusal('mismatch', `The path ${path} is not percent-encoded UTF-8.`);
  }
  return encodeUriPath(decoded);
}

function canonicalQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      const value = equals < 0 ? '' : pair.slice(equals + 1);
      return [reencode(name), reencode(value)] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function reencode(part: string): string {
  return encodeUriPart(decodeUriPart(part) ?? part);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
