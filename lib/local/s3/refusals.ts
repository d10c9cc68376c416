import { AwsError } from '../wire/aws-error.js';

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', message);
}

/** Returns the error for an invalid header or query parameter. @param name of the header or parameter */
export function invalidArgument(name: string, value: string | undefined, message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value });
}

/** Returns the error for a part of a request that is not supported and would change the result. */
export function notImplemented(message: string, header?: string): AwsError {
  return new AwsError('NotImplemented', message, 501, { Header: header });
}

export function noSuchBucket(name: string): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
}

export function noSuchKey(key?: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}
