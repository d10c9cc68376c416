import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ENDINGS, unpackBundle, type UnpackedBundle } from './run-bundle.js';

const MODULE = `${ENDINGS}/commonjs.cjs`;
const FUNCTION = `${ENDINGS}/commonjs-function.cjs`;

describe('a function of a CommonJS module', () => {
  let bundle: UnpackedBundle;

  beforeAll(async () => {
    bundle = await unpackBundle([MODULE, FUNCTION]);
  });

  afterAll(() => bundle.remove());

  it.each([
    [MODULE, 'add', [40, 2], 42],
    [MODULE, 'read', [], 'from a getter'],
    [MODULE, 'default', [], 'the default'],
    [FUNCTION, 'default', [], 'the module itself'],
  ])('The runner runs the CommonJS function %s#%s', async (module, name, args, value) => {
    expect((await bundle.run(module, name, args)).result).toEqual({ ok: true, value });
  });

  it.each(['missing', 'notAFunction', 'toString'])(
    'The runner names the missing CommonJS function %s',
    async (name) => {
      const { result } = await bundle.run(MODULE, name);

      expect(result).toMatchObject({
        ok: false,
        error: {
          code: 'TargetNotFound',
          message: expect.stringMatching(new RegExp(`exports no function ${name}; it exports .*add.*where`)),
        },
      });
    },
  );
});
