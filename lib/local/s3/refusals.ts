import { AwsError } from '../wire/aws-error.js';

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', message);
}

/** @param name of the header or of the query's parameter */
export function invalidArgument(name: string, value: string | undefined, message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value });
}

/** Returns the error for a part of a request that the local AWS does not support and must not ignore. */
export function notImplemented(message: string, header?: string): AwsError {
  return new AwsError('NotImplemented', message, 501, { Header: header });
}

export function noSuchKey(key?: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}
