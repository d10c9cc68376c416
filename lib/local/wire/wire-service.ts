import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** The data of a request's signature with which the signatures of a body's chunks are checked. */
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

/** A request with a valid signature. */
export interface WireRequest {
  readonly requestId: string;
  readonly method: string;
  /** Path as sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The HTTP message, for a service that reads the body itself. */
  readonly message: IncomingMessage;
  readonly signature?: RequestSignature;
  readonly caller: Caller;
  /**
   * Returns the complete body.
   * @throws AwsError `RequestEntityTooLarge` over the limit of the service
   */
  readBody(): Promise<Buffer>;
}

export interface WireResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
}

/** An AWS service. Requests with its name in their signature are passed to it. */
export interface WireService {
  /** The service name in signatures, such as `states`. */
  readonly signingName: string;
  /** Protocol of the service. It determines the error codes for invalid signatures. @default 'aws-json' */
  readonly protocol?: 'aws-json' | 'rest-json' | 'query' | 's3';
  /**
   * Whether the service reads the body from `message` itself and compares it with `x-amz-content-sha256`. Otherwise
   * the body is read and its signature is verified before `handle` is called.
   * @default false
   */
  readonly streamsBody?: boolean;
  /** Maximum size of a body that `readBody` returns. @default 16 MiB */
  readonly bodyMaxBytes?: number;
  handle(request: WireRequest): Promise<WireResponse>;
  /**
   * Returns the response for an error in the protocol of the service. Also called for errors before `handle`, such as
   * a wrong signature.
   */
  describeError(
    error: unknown,
    request: { readonly requestId: string; readonly method: string },
  ): WireResponse;
}

/** Returns the name of the operation in a request of the JSON protocol; undefined in other protocols. */
export function targetOperation({ headers }: Pick<WireRequest, 'headers'>): string | undefined {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : undefined;
}
