import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import { changeBucket, newBucket } from './bucket-operations.js';
import { bucketPolicyProvider, bucketProvider } from './bucket-provider.js';
import { notificationsPort } from './notification-configuration.js';
import { objectsPort } from './objects-port.js';
import { s3Service } from './s3-service.js';
import { openS3Store } from './s3-store.js';

export interface S3Options {
  /** Receives the events of buckets whose `EventBridgeConfiguration` is enabled. */
  readonly events: EventSender;
  /** Names of buckets to create at the start. @default none */
  readonly buckets?: readonly string[];
}

/** S3, and the functions by which other services call it. */
export type S3 = Awaited<ReturnType<typeof createS3>>;

/**
 * Opens the store, with content below `<dataFolder>/s3`. Removes incomplete content that a killed process left behind.
 */
export async function createS3(context: PlaceContext, { events, buckets = [] }: S3Options) {
  const store = await openS3Store(context, events);
  for (const name of buckets) {
    await changeBucket(store, name, (existing) => existing ?? newBucket(store, name));
  }
  return {
    service: s3Service(store),
    objects: objectsPort(store),
    notifications: notificationsPort(store),
    resourceProviders: [bucketProvider(store), bucketPolicyProvider(store)],
  };
}
