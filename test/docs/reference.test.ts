import { describe, expect, it } from '@jest/globals';

import { staleFiles } from '../../docs/make/stale-pages.js';

describe('Generated files', () => {
  it('The reference pages and the schemas of events are those that `npm run docs` makes from the code', async () => {
    const stale = await staleFiles();

    expect([...stale.keys()]).toEqual([]);
  });
});
