import { crc32 } from 'node:zlib';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { combineCrc32 } from '../../../../client/bundle/layer/combine-crc32.js';

it('`combineCrc32` returns the checksum of two joined pieces', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.uint8Array({ maxLength: 5_000 }), (one, other) => {
      const both = crc32(Buffer.concat([one, other]));
      expect(combineCrc32(crc32(one), crc32(other), other.length)).toBe(both);
    }),
  );
});

it('`combineCrc32` accepts a second piece larger than 4 GiB', () => {
  // Doubles the number of zero bytes at each step.
  let zeros = crc32(Buffer.alloc(1024));
  for (let bytes = 1024; bytes < 8 * 1024 ** 3; bytes *= 2) zeros = combineCrc32(zeros, zeros, bytes);
  const start = crc32(Buffer.from('start'));
  let inSteps = start;
  const megabyte = Buffer.alloc(1024 ** 2);
  for (let step = 0; step < 8 * 1024; step += 1) inSteps = crc32(megabyte, inSteps);

  expect(combineCrc32(start, zeros, 8 * 1024 ** 3)).toBe(inSteps);
});
