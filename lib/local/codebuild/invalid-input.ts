import { AwsError } from '../wire/aws-error.js';

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}
