import { describe, expect, it } from '@jest/globals';

import { stalePages } from '../../docs/make/stale-pages.js';

describe('The reference pages', () => {
  it('The reference pages are those that `npm run docs` makes from the code', async () => {
    const stale = await stalePages();

    expect([...stale.keys()]).toEqual([]);
  });
});
