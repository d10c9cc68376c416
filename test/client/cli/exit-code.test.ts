import { describe, expect, it } from '@jest/globals';

import { exitCodeOf, InterruptedError, UsageError, WaitedOutError } from '../../../client/cli/exit-code.js';
import { CodeseederError } from '../../../client/index.js';

describe('exitCodeOf', () => {
  it.each([
    ['a mistake in the command', new UsageError('no'), 2],
    ['arguments that are not JSON', new CodeseederError('ArgumentsNotJson', 'no'), 2],
    ['a request that is out of its limits', new CodeseederError('InvalidRequest', 'no'), 2],
    ['code that cannot be bundled', new CodeseederError('PackFailed', 'no'), 2],
    ['a seedkit that is missing', new CodeseederError('SeedkitNotFound', 'no'), 3],
    ['AWS out of reach', new CodeseederError('AwsUnreachable', 'no'), 3],
    ['what AWS refuses', Object.assign(new Error('no'), { name: 'AccessDeniedException' }), 3],
    ['an interruption', new InterruptedError('stopped'), 130],
    ['a wait in vain', new WaitedOutError('waited'), 124],
  ])('`exitCodeOf` returns the code of %s', (_what, error, exitCode) => {
    expect(exitCodeOf(error)).toBe(exitCode);
  });
});
