import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import type { BucketRecord, ObjectRecord } from './object-record.js';

/** The reason and the request of an object's creation, as the event names them. */
export interface ObjectCreation {
  readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
  /** Id of the request. @default a new id, for an object that another service of the local AWS wrote */
  readonly requestId?: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function objectEvents(context: PlaceContext, sender: EventSender) {
  let lastSequencer = 0n;
  /** Returns increasing hexadecimal numbers, so that receivers can order the events of a key. */
  const sequencer = () => {
    const now = BigInt(context.clock.now()) << 16n;
    lastSequencer = now > lastSequencer ? now : lastSequencer + 1n;
    return lastSequencer.toString(16).toUpperCase().padStart(18, '0');
  };
  return {
    /** Sends the event of a new object if its bucket has events enabled. */
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
        // The error is only reported, because the object is stored, and S3 does not guarantee the delivery of events
        // either.
        context.reportProblem(`The event of the object ${bucket.name}/${object.key} was not sent`, error);
      }
    },
  };
}
