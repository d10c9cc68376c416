import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import type { BucketRecord, ObjectRecord } from './object-record.js';

/**
 * The operation that created an object, and the id of its request, as an `Object Created` event contains them.
 */
export interface ObjectCreation {
  readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
  /** Id of the request. @default a new id, for an object that another service of the local AWS wrote */
  readonly requestId?: string;
}

/**
 * Returns the function that sends an event for each created object.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function objectEvents(context: PlaceContext, sender: EventSender) {
  let lastSequencer = 0n;
  /** Returns increasing hexadecimal numbers, by which receivers can order the events of an object. */
  const sequencer = () => {
    const now = BigInt(context.clock.now()) << 16n;
    lastSequencer = now > lastSequencer ? now : lastSequencer + 1n;
    return lastSequencer.toString(16).toUpperCase().padStart(18, '0');
  };
  return {
    /** Sends the event of a new object if the bucket sends events to EventBridge. */
    async created(
      bucket: BucketRecord,
      object: ObjectRecord,
      { reason, requestId = randomUUID() }: ObjectCreation,
    ): Promise<void> {
      if (bucket.sendsEvents !== true) return;
      const detail = {
        version: '0',
        bucket: { name: bucket.name },
        object: { key: object.key, size: object.sizeBytes, etag: object.etag, sequencer: sequencer() },
        'request-id': requestId,
        requester: context.account,
        'source-ip-address': '127.0.0.1',
        reason,
      };
      try {
        await sender.send({
          source: 'aws.s3',
          detailType: 'Object Created',
          resources: [`arn:${context.partition}:s3:::${bucket.name}`],
          detail: JSON.stringify(detail),
        });
      } catch (error) {
        // Reports the error and does not throw it: the object is stored, and S3 does not guarantee that events are
        // delivered either.
        context.reportProblem(`The event of the object ${bucket.name}/${object.key} was not sent`, error);
      }
    },
  };
}
