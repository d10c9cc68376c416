import type { BucketNotifications } from '../ports.js';
import type { JsonObject } from '../resources/resource-provider.js';
import { changeBucket } from './bucket-operations.js';
import { noSuchBucket } from './refusals.js';
import type { S3Store } from './s3-store.js';

/** Returns the interface by which custom resources configure the notifications of buckets. */
export function notificationsPort(store: S3Store): BucketNotifications {
  return {
    changeSendsEvents: (bucket, change) =>
      changeBucket(store, bucket, (existing) => {
        if (existing === undefined) throw noSuchBucket(bucket);
        return { ...existing, sendsEvents: change(existing.sendsEvents === true) };
      }),
  };
}

/**
 * Returns whether the bucket of a template sends events to EventBridge.
 * @throws Error naming a kind of notification that is not supported
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
 */
export function readSendsEvents({ NotificationConfiguration: configuration }: JsonObject): boolean {
  if (configuration === undefined) return false;
  const { EventBridgeConfiguration: eventBridge, ...others } = configuration as JsonObject;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new Error(`The local AWS has no NotificationConfiguration.${other}. Use EventBridgeConfiguration.`);
  }
  if (eventBridge === undefined) return false;
  const { EventBridgeEnabled: enabled = true, ...unknown } = eventBridge as JsonObject;
  const [member] = Object.keys(unknown);
  if (member !== undefined) {
    throw new Error(`NotificationConfiguration.EventBridgeConfiguration has no member ${member}.`);
  }
  return enabled === true || enabled === 'true';
}
