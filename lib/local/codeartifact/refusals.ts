import { AwsError } from '../wire/aws-error.js';

type ResourceType = 'domain' | 'repository' | 'package' | 'package-version' | 'asset';

export function notFound(resourceType: ResourceType, resourceId: string, message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404, { resourceId, resourceType });
}

export function conflict(resourceType: ResourceType, resourceId: string, message: string): AwsError {
  return new AwsError('ConflictException', message, 409, { resourceId, resourceType });
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, 400, { reason: 'FIELD_VALIDATION_FAILED' });
}
