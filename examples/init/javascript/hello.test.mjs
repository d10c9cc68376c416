import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { localSeedkit } from 'codeseeder/testing';

import { hello } from './hello.mjs';

let local;

// Starts a local AWS for the tests of this file. It needs no AWS account, and nothing of it stays.
before(async () => {
  local = await localSeedkit('my-kit');
});

after(() => local?.close());

test('hello returns the name that it was given', async () => {
  const { greeted } = await hello('world');
  assert.equal(greeted, 'world');
});

test('hello runs in a build, which has a record', async () => {
  const run = await hello.submit('Ada');
  await run.result();
  assert.equal(await run.status(), 'SUCCEEDED');
});
