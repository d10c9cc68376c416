import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { EventSender } from '../ports.js';
import type { BucketRecord, ObjectRecord } from './object-record.js';

/** How an object came to be, in the words of the service. */
export interface ObjectCreation {
  readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
  /** Of the request that made it. @default one of its own, for what another service of the place wrote */
  readonly requestId?: string;
}

export interface ObjectEvents {
  /** Tells EventBridge of a new object if its bucket says so. */
  created(bucket: BucketRecord, object: ObjectRecord, creation: ObjectCreation): Promise<void>;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function objectEvents(context: PlaceContext, sender: EventSender): ObjectEvents {
  let lastSequencer = 0n;
  /** Hexadecimal, later ones of a key greater than earlier ones. */
  const sequencer = () => {
    const now = BigInt(context.clock.now()) << 16n;
    lastSequencer = now > lastSequencer ? now : lastSequencer + 1n;
    return lastSequencer.toString(16).toUpperCase().padStart(18, '0');
  };
  return {
    async created(bucket, object, { reason, requestId = randomUUID() }) {
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
        // The object is there, and the service promises no more than to try.
        context.reportProblem(`No event tells of the object ${bucket.name}/${object.key}`, error);
      }
    },
  };
}
