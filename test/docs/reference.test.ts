import { describe, expect, it } from '@jest/globals';

import { start } from '../end-to-end/command-line-process.js';

describe('The reference pages', () => {
  it('The reference pages are those that `npm run docs` makes from the code', async () => {
    const { stderr } = await start(process.execPath, ['--import', 'tsx', 'docs/make-reference.ts', '--check'])
      .ended;

    expect(stderr).toBe('');
  });
});
