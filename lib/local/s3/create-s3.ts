import type { PlaceContext } from '../place-context.js';
import type { EventSender, Objects } from '../ports.js';
import type { ResourceProvider } from '../resources/resource-provider.js';
import type { WireService } from '../wire/wire-service.js';
import { makeBucket } from './bucket-operations.js';
import { bucketPolicyProvider, bucketProvider } from './bucket-provider.js';
import { objectsPort } from './objects-port.js';
import { s3Service } from './s3-service.js';
import { openS3Store } from './s3-store.js';

/** S3 of the local AWS. */
export interface S3 {
  readonly service: WireService;
  readonly objects: Objects;
  readonly resourceProviders: readonly ResourceProvider[];
  close(): Promise<void>;
}

export interface S3Options {
  /** Receives the events of buckets whose `EventBridgeConfiguration` is enabled. */
  readonly events: EventSender;
  /** Names of buckets to create at the start. @default none */
  readonly buckets?: readonly string[];
}

/** Opens the store, with content below `<dataFolder>/s3`. Removes incomplete content that a kill left behind. */
export async function createS3(context: PlaceContext, { events, buckets = [] }: S3Options): Promise<S3> {
  const store = await openS3Store(context, events);
  for (const name of buckets) {
    if ((await store.buckets.get(name)) === undefined) {
      await makeBucket(store, { name, encryption: { algorithm: 'AES256' } });
    }
  }
  return {
    service: s3Service(store),
    objects: objectsPort(store),
    resourceProviders: [bucketProvider(store), bucketPolicyProvider(store)],
    close: async () => {},
  };
}
