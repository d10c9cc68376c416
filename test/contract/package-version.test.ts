import { readFile } from 'node:fs/promises';

import { expect, it } from '@jest/globals';

import { PACKAGE_VERSION } from '../../lib/contract/index.js';

it('The version that seedkits are deployed with is that of package.json', async () => {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');

  expect(PACKAGE_VERSION).toBe((JSON.parse(text) as { version: string }).version);
});
