import { createHash } from 'node:crypto';

import { AwsError } from '../../../lib/local/wire/aws-error.js';

interface StoredObject {
  readonly bytes: Buffer;
  readonly lastModified: Date;
}
interface Put {
  readonly Key: string;
  readonly Body: string | Uint8Array;
  readonly IfNoneMatch?: string;
}

/** The bucket of the seedkit. */
export class Objects {
  readonly #objects = new Map<string, StoredObject>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly operations = {
    PutObject: ({ Key, Body, IfNoneMatch }: Put) => {
      if (IfNoneMatch !== undefined && this.#objects.has(Key))
        throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions did not hold', 412);
      this.#objects.set(Key, { bytes: Buffer.from(Body), lastModified: new Date(this.#now()) });
      return {};
    },
    GetObject: ({ Key }: { Key: string }) => {
      const { bytes } = this.#find(Key, 'NoSuchKey');
      return {
        ContentLength: bytes.length,
        ETag: etagOf(bytes),
        Body: { transformToByteArray: async () => bytes },
      };
    },
    HeadObject: ({ Key }: { Key: string }) => {
      const { bytes, lastModified } = this.#find(Key, 'NotFound');
      return {
        ContentLength: bytes.length,
        ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
        ChecksumType: 'FULL_OBJECT',
        LastModified: lastModified,
      };
    },
    ListObjectsV2: ({ Prefix }: { Prefix: string }) => ({
      Contents: [...this.#objects.keys()].filter((Key) => Key.startsWith(Prefix)).map((Key) => ({ Key })),
    }),
  };

  #find(key: string, code: string): StoredObject {
    const found = this.#objects.get(key);
    if (found === undefined) throw new AwsError(code, 'The specified key does not exist.', 404);
    return found;
  }
}

/** Returns the ETag of an object that was put at once. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
