import type { JsonObject } from './resource-provider.js';

/** The type of the custom resources by which the CDK configures the notifications of buckets. */
export const BUCKET_NOTIFICATIONS_TYPE = 'Custom::S3BucketNotifications';

/** The description that the CDK gives the one function of a stack that handles these custom resources. */
const DESCRIPTION = `AWS CloudFormation handler for "${BUCKET_NOTIFICATIONS_TYPE}" resources (@aws-cdk/aws-s3)`;

/**
 * Returns whether a function of a template is the one that the CDK adds for `Custom::S3BucketNotifications`. It is
 * written in Python, which the local AWS does not run.
 * @param properties properties of the function. Intrinsic functions in them need not be resolved
 */
export function isBucketNotificationsHandler({ Description, Handler, Runtime }: JsonObject): boolean {
  const isPython = typeof Runtime === 'string' && Runtime.startsWith('python');
  return isPython && Description === DESCRIPTION && Handler === 'index.handler';
}
