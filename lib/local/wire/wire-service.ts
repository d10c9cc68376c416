import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** The parts of a request's signature that are needed to check the signatures of a body's chunks. */
export interface RequestSignature {
  /** Hexadecimal digits. */
  readonly signature: string;
  /** Credential scope, such as `20260131/eu-central-1/s3/aws4_request`. */
  readonly scope: string;
  /** Time of the signature, such as `20260131T235959Z`. */
  readonly timestamp: string;
  readonly signingKey: Buffer;
}

/** The identity whose credentials a request was signed with. */
export interface Caller {
  readonly arn: string;
  /** The unique id that STS returns. */
  readonly userId: string;
  /** Whether the credentials are those of an assumed role. */
  readonly isRoleSession: boolean;
}

/** A request whose signature is valid. */
export interface WireRequest {
  readonly requestId: string;
  readonly method: string;
  /** Percent-encoded as sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The raw message, for a service that streams the body itself. */
  readonly message: IncomingMessage;
  readonly signature?: RequestSignature;
  readonly caller: Caller;
  /**
   * Returns the whole body.
   * @throws AwsError `RequestEntityTooLarge` over the service's limit
   */
  readBody(): Promise<Buffer>;
}

export interface WireResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
}

/** An AWS service. Requests are routed to it by the service name in their signature. */
export interface WireService {
  /** The service name in signatures, such as `states`. */
  readonly signingName: string;
  /** Protocol of the service, which decides the error codes for invalid signatures. @default 'aws-json' */
  readonly protocol?: 'aws-json' | 'rest-json' | 'query' | 's3';
  /**
   * Whether the service reads `message` itself and checks it against `x-amz-content-sha256`. Otherwise the body is read and
   * its signature is checked before `handle`.
   * @default false
   */
  readonly streamsBody?: boolean;
  /** Largest body that `readBody` accepts. @default 16 MiB */
  readonly bodyMaxBytes?: number;
  handle(request: WireRequest): Promise<WireResponse>;
  /**
   * Returns the response for an error in the service's protocol. Errors before `handle`, such as a wrong signature, are
   * also passed to this.
   */
  describeError(
    error: unknown,
    request: { readonly requestId: string; readonly method: string },
  ): WireResponse;
}

/** Returns the operation in the header of a request of the JSON protocol, or undefined in other protocols. */
export function targetOperation({ headers }: Pick<WireRequest, 'headers'>): string | undefined {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : undefined;
}
