import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ENDINGS, unpackBundle, type UnpackedBundle } from './run-bundle.js';

const FIRST = `${ENDINGS}/first.ts`;
const SECOND = `${ENDINGS}/second.ts`;

describe.each([{ minify: true }, { minify: false }])('Two modules in one bundle, %j', (options) => {
  let bundle: UnpackedBundle;

  beforeAll(async () => {
    bundle = await unpackBundle([FIRST, SECOND], options);
  });

  afterAll(() => bundle.remove());

  it('Two modules in one bundle run their own functions although these have the same name', async () => {
    const first = { from: 'first', stage: '<dev>', isRemote: true };
    const ofFirst = await bundle.run(FIRST, 'deploy', ['dev']);
    const ofSecond = await bundle.run(SECOND, 'deploy', ['dev']);

    expect(ofFirst.result).toEqual({ ok: true, value: first });
    expect(ofSecond.result).toEqual({ ok: true, value: { from: 'second', stage: '<dev>', inner: first } });
  });

  it('Stacks of two modules in one bundle have the lines of the TypeScript source', async () => {
    const { result } = await bundle.run(SECOND, 'throwsHere');

    expect(result).toMatchObject({ ok: false, error: { message: 'from the second' } });
    expect(result?.ok === false && result.error.stack).toContain(`${SECOND}:19:`);
  });

  it('A function refuses to submit a run from inside a build', async () => {
    const { result } = await bundle.run(SECOND, 'submits');

    expect(result).toMatchObject({ ok: false, error: { code: 'NotInBuild' } });
  });
});
