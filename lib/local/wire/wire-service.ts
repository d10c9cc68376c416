import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** What a signature was made with, for a body whose chunks are signed one after the other. */
export interface RequestSignature {
  /** Hex. */
  readonly signature: string;
  /** `20260131/eu-central-1/s3/aws4_request` */
  readonly scope: string;
  /** `20260131T235959Z` */
  readonly timestamp: string;
  readonly signingKey: Buffer;
}

/** Whose credentials a request was signed with. */
export interface Caller {
  readonly arn: string;
  /** The unique id that STS tells. */
  readonly userId: string;
  /** Whether a role was taken on for these credentials. */
  readonly isRoleSession: boolean;
}

/** A request whose signature was found good. */
export interface WireRequest {
  readonly requestId: string;
  readonly method: string;
  /** As sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The raw message, for a service that streams the body itself. */
  readonly message: IncomingMessage;
  readonly signature?: RequestSignature;
  readonly caller: Caller;
  /**
   * The whole body.
   * @throws AwsError `RequestEntityTooLarge` over the service's limit
   */
  readBody(): Promise<Buffer>;
}

export interface WireResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
}

/** One AWS service behind the port. Requests are routed by the service name of their signature. */
export interface WireService {
  /** Name in the signature's credential scope, such as `states`. */
  readonly signingName: string;
  /** Decides the error codes of a signature that is refused. @default 'aws-json' */
  readonly protocol?: 'aws-json' | 'rest-json' | 'query' | 's3';
  /**
   * The service reads `message` itself and checks it against `x-amz-content-sha256`; otherwise the body is read
   * and its signature checked before `handle`.
   * @default false
   */
  readonly streamsBody?: boolean;
  /** Largest body `readBody` takes. @default 16 MiB */
  readonly bodyMaxBytes?: number;
  handle(request: WireRequest): Promise<WireResponse>;
  /** Answers an error in the service's protocol; also used for errors before `handle`, as a wrong signature. */
  describeError(
    error: unknown,
    request: { readonly requestId: string; readonly method: string },
  ): WireResponse;
}
