import { request as httpRequest, Agent } from 'node:http';

import {
  decodeUriPart,
  encodeUriPart,
  encodeUriPath,
} from '../../lib/local/server/signature/percent-encoding.js';
import {
  deriveSigningKey,
  formatScope,
  hmac,
  sha256Hex,
} from '../../lib/local/server/signature/signing-key.js';

export interface PlaceAddress {
  readonly port: number;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface RequestToSign {
  readonly service: string;
  readonly method?: string;
  /** Path as it is sent: percent-encoded. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Overrides the hash of the body. */
  readonly payloadHash?: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
/** Maximum time for a response, in milliseconds. */
const ANSWER_MS = 20_000;

/** Signs and sends a request without changing its text, as an SDK would do. */
export function sendSigned(place: PlaceAddress, request: RequestToSign): Promise<WireAnswer> {
  const { method = 'POST', path = '/', body = '' } = request;
  const query = Object.entries(request.query ?? {})
    .map(([name, value]) => `${encodeUriPart(name)}=${encodeUriPart(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders(place, request, query);
  return send(place.port, { method, path: query === '' ? path : `${path}?${query}`, headers, body });
}

/** Sends a request without changing it. */
export function send(
  port: number,
  request: { method: string; path: string; headers: Readonly<Record<string, string>>; body: string | Buffer },
): Promise<WireAnswer> {
  const { body, ...rest } = request;
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, agent, timeout: ANSWER_MS, ...rest }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces).toString('utf8'),
        }),
      );
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${rest.method} ${rest.path} in time`)));
    sent.on('error', reject).end(body);
  });
}

function signedHeaders(place: PlaceAddress, request: RequestToSign, query: string): Record<string, string> {
  const { service, method = 'POST', path = '/', body = '', payloadHash = sha256Hex(body) } = request;
  const timestamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = {
    host: `127.0.0.1:${place.port}`,
    'x-amz-date': timestamp,
    'x-amz-content-sha256': payloadHash,
    'content-length': String(Buffer.byteLength(body)),
    ...request.headers,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    canonicalPath(service, path),
    query,
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n');
  const scope = { date: timestamp.slice(0, 8), region: place.region, service };
  const toSign = ['AWS4-HMAC-SHA256', timestamp, formatScope(scope), sha256Hex(canonical)].join('\n');
  const signature = hmac(deriveSigningKey(place.credentials.secretAccessKey, scope), toSign).toString('hex');
  const credential = `${place.credentials.accessKeyId}/${formatScope(scope)}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** Returns the path in the canonical request: encoded once for S3, and twice for all other services. */
function canonicalPath(service: string, path: string): string {
  return encodeUriPath(service === 's3' ? (decodeUriPart(path) ?? path) : path);
}
