import { decodeUriPart } from '../server/signature/percent-encoding.js';
import { asAwsError, AwsError } from '../wire/aws-error.js';
import { s3ErrorResponse } from '../wire/s3-error.js';
import type { WireRequest, WireService } from '../wire/wire-service.js';
import { refuseUnknownHeaders } from './object-headers.js';
import { headerText } from './request-header.js';
import { findRoute } from './routes.js';
import type { S3Call } from './s3-call.js';
import type { S3Store } from './s3-store.js';

/** Returns S3. Requests use the path style: `/<bucket>/<key>`. */
export function s3Service(store: S3Store): WireService {
  return {
    signingName: 's3',
    protocol: 's3',
    streamsBody: true,
    describeError: (error, { requestId, method }) => s3ErrorResponse(asS3Error(error), requestId, method),
    async handle(request) {
      const call: S3Call = { request, query: request.query, store, ...readPath(request) };
      refuseUnknownHeaders(request);
      checkOwner(request, store.context.account);
      return findRoute(call)(call);
    },
  };
}

/**
 * Returns an AwsError unchanged, and any other error as S3's `InternalError`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
function asS3Error(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalError', asAwsError(error).message, 500);
}

function readPath({ path }: WireRequest): Pick<S3Call, 'bucket' | 'key'> {
  const slash = path.indexOf('/', 1);
  const bucket = decodeUriPart(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = decodeUriPart(slash < 0 ? '' : path.slice(slash + 1));
  if (bucket === undefined || key === undefined) {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: path });
  }
  if (bucket.includes('/')) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
  return { bucket, key };
}

function checkOwner(request: WireRequest, account: string): void {
  const expected =
    headerText(request, 'x-amz-expected-bucket-owner') ??
    headerText(request, 'x-amz-source-expected-bucket-owner');
  if (expected !== undefined && expected !== account)
    throw new AwsError('AccessDenied', 'Access Denied', 403);
}
