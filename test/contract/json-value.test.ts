import { describe, expect, it } from '@jest/globals';

import { findJsonFault, JSON_VALUES_MAX } from '../../lib/contract/index.js';

describe('findJsonFault', () => {
  it('`findJsonFault` counts values and names of properties as the check of JSON text does', () => {
    const objects = (count: number) => Array(count - 1).fill({});
    const properties = (count: number) => Array((count - 1) / 3).fill({ name: 0 });

    expect(findJsonFault(objects(JSON_VALUES_MAX), 'args', Infinity)).toBeUndefined();
    expect(findJsonFault(properties(JSON_VALUES_MAX), 'args', Infinity)).toBeUndefined();
    for (const value of [objects(JSON_VALUES_MAX + 1), properties(JSON_VALUES_MAX + 3)]) {
      expect(findJsonFault(value, 'args', Infinity)).toEqual({
        kind: 'tooLarge',
        path: 'args',
        problem: `${JSON_VALUES_MAX} values`,
      });
    }
  });
});
