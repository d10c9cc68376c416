import { describe, expect, it } from '@jest/globals';

import { describeError } from '../../../client/cli/describe-error.js';
import { UsageError } from '../../../client/cli/exit-code.js';
import { CodeseederError } from '../../../lib/contract/index.js';

const ofAws = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('describeError', () => {
  it.each([
    ['ExpiredTokenException', 'The token is expired', 'The token is expired. Sign in again'],
    ['ExpiredToken', 'It has expired.', 'It has expired. Sign in again'],
    ['UnrecognizedClientException', 'The token is invalid.', 'Check the credentials.'],
    ['AccessDeniedException', 'no states:StartExecution', 'ClientPolicyArn'],
  ])('An error %s of AWS ends with what to do', (name, message, told) => {
    const text = describeError(ofAws(name, message));

    expect(text.startsWith(`${name}: ${message}`)).toBe(true);
    expect(text).toContain(told);
  });

  it('A request for another region than that of a local AWS is reported with the region to use', () => {
    const message = "The header is malformed; the region 'mars' is wrong; expecting 'us-east-1'";

    expect(describeError(ofAws('SignatureDoesNotMatch', message))).toBe(
      `SignatureDoesNotMatch: ${message}. The local AWS is in us-east-1: leave --region out, or give --region us-east-1.`,
    );
  });

  it('Without settings for AWS, the environment of the config in a local AWS is named', () => {
    const missing = new CodeseederError('RegionMissing', 'No AWS region is set.\n- To use AWS: ...');

    expect(describeError(missing, 'kit', 'local')).toBe(
      'RegionMissing: No AWS region is set.\n- To use AWS: ...\n- To use the local AWS of the config: add --environment local',
    );
    expect(describeError(missing, 'kit')).not.toContain('--environment');
    expect(describeError(new CodeseederError('RunNotFound', 'no'), 'kit', 'local')).not.toContain('--env');
  });

  it('The error of an unknown run names the command that lists runs', () => {
    const error = new CodeseederError('RunNotFound', 'The seedkit demo has no run "x". Check the id.');

    expect(describeError(error)).toBe(
      'RunNotFound: The seedkit demo has no run "x". Check the id. `codeseeder runs list` lists the latest runs.',
    );
  });

  it('The code of an error is printed once, also if its message starts with it', () => {
    expect(describeError(new CodeseederError('LockHeld', 'LockHeld: run-1 holds it.'))).toBe(
      'LockHeld: run-1 holds it.',
    );
  });

  it('A mistake in the command starts with `error:`, as those that Commander finds', () => {
    expect(describeError(new UsageError('--limit takes a number.'))).toBe('error: --limit takes a number.');
  });

  it('An error whose message says what to do, and a value that is no error, stay as they are', () => {
    expect(describeError(new CodeseederError('PackFailed', 'Check its path.'))).toBe(
      'PackFailed: Check its path.',
    );
    expect(describeError('text\u0007')).toBe('text\\u0007');
  });
});
