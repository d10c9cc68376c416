import { describe, expect, it } from '@jest/globals';

import {
  parseRequestedRun,
  parseRunRequest,
  parseScheduledRun,
  wantedLock,
} from '../../lib/contract/index.js';
import { aRunRequest } from './builders.js';

const EVENT = { version: 1, invocation: { kind: 'commands', target: ['true'] } };

describe('The lock of a request', () => {
  it.each(['network-dev', 'a', '1', 'team:stage/eu-west-1', 'a.b_c', 'x'.repeat(64)])(
    'A request may name the lock %s',
    (lock) => {
      expect(parseRunRequest({ ...aRunRequest(), lock }).lock).toBe(lock);
      expect(parseRequestedRun({ ...EVENT, lock }).lock).toBe(lock);
    },
  );

  it.each(['', '-a', '.a', 'a b', 'a#b', 'é', 'a\n', 'x'.repeat(65), 7])(
    'A request that names the lock %j is refused with the rule',
    (lock) => {
      const parse = [
        () => parseRunRequest({ ...aRunRequest(), lock }),
        () => parseRequestedRun({ ...EVENT, lock }),
        () =>
          parseScheduledRun({
            schedule: 's',
            id: '1',
            time: '2026-01-01T00:00:00Z',
            request: { ...EVENT, lock },
          }),
      ];
      for (const parseOne of parse)
        expect(parseOne).toThrow(/lock: (a lock's name has 1 to 64|Invalid input)/);
    },
  );

  it('`lockMode` is one of three, needs a `lock`, and is `wait` by default', () => {
    expect(() => parseRunRequest({ ...aRunRequest(), lockMode: 'refuse' })).toThrow(
      'lockMode: pass lockMode only together with lock',
    );
    expect(() => parseRequestedRun({ ...EVENT, lock: 'a', lockMode: 'never' })).toThrow('lockMode');
    expect(wantedLock({ lock: 'a' })).toEqual({ name: 'a', mode: 'wait' });
    expect(wantedLock({ lock: 'a', lockMode: 'replace' })).toEqual({ name: 'a', mode: 'replace' });
    expect(wantedLock({})).toBeNull();
  });
});
