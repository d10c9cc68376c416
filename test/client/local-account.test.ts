import { describe, expect, it } from '@jest/globals';

import { adviceOnUnknownId } from '../../client/local-account.js';

describe('The advice on an id that a seedkit does not have', () => {
  it.each([
    ['account and region in AWS', '123456789012', 'Check the id, the seedkit, the account and the region.'],
    [
      'the id and the seedkit in a local AWS',
      '000000000000',
      'Check the id and the seedkit. A local AWS has only what was started in it.',
    ],
  ])('The advice on an unknown id is to check %s', (_, account, expected) => {
    expect(adviceOnUnknownId(`arn:aws:states:us-east-1:${account}:execution:codeseeder-demo:run-1`)).toBe(
      expected,
    );
  });
});
