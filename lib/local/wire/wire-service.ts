import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

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
  /** Largest body `readBody` takes. @default 16 MiB */
  readonly bodyMaxBytes?: number;
  handle(request: WireRequest): Promise<WireResponse>;
  /** Answers an error in the service's protocol; also used for errors before `handle`, as a wrong signature. */
  describeError(
    error: unknown,
    request: { readonly requestId: string; readonly method: string },
  ): WireResponse;
}
