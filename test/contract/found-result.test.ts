import { describe, expect, it } from '@jest/globals';

import { contentDigest, foundResult, parseResultText } from '../../lib/contract/index.js';

function foundOf(error: object) {
  const content = Buffer.from(JSON.stringify({ ok: false, error }));
  return foundResult(content, contentDigest(content), { location: 'of run-1', parse: parseResultText });
}

describe('foundResult', () => {
  it("The message of a failure that the runner found does not repeat the failure's code", () => {
    const error = { name: 'TargetNotFound', message: 'app has no function go.', code: 'TargetNotFound' };

    expect(foundOf(error)).toMatchObject({
      found: 'error',
      failure: { code: 'TargetNotFound', message: 'app has no function go.' },
    });
  });

  it('The message of an error that the target threw starts with the name of the error', () => {
    expect(foundOf({ name: 'TypeError', message: 'no stage' })).toMatchObject({
      found: 'error',
      failure: { code: 'RemoteError', message: 'TypeError: no stage' },
    });
  });
});
