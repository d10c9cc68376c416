import { describe, expect, it } from '@jest/globals';

import { KeyedLock } from '../../../lib/local/durable/keyed-lock.js';

describe('KeyedLock', () => {
  it('KeyedLock runs work of one key in order, even after failed work, and work of other keys at the same time', async () => {
    const lock = new KeyedLock();
    const events: string[] = [];
    let release = () => {};
    const first = lock.run('a', async () => {
      await new Promise<void>((resolve) => (release = resolve));
      events.push('first');
      throw new Error('failed');
    });
    const second = lock.run('a', async () => events.push('second'));
    await lock.run('b', async () => events.push('other'));
    release();
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(events).toEqual(['other', 'first', 'second']);
  });
});
