import { describe, expect, it } from '@jest/globals';

import { describeError, renderForLog } from '../../../client/runner/describe-error.js';
import { CodeseederError } from '../../../lib/contract/index.js';

const FOLDER = '/codebuild/output/src1/src';
const describeThrown = (thrown: unknown) => describeError(thrown, FOLDER);

function throwing(property: string): Error {
  return Object.defineProperty(new Error('plain'), property, {
    get() {
      throw new Error(`no ${property}`);
    },
  });
}

describe('a description of what was thrown', () => {
  it('has the places of its stack below the project, whatever scheme they are told by', () => {
    const error = new Error('x');
    error.stack = `Error: x\n    at a (file://${FOLDER}/src/a.ts:1:2)\n    at b (${FOLDER}/src/b.ts:3:4)`;

    expect(describeThrown(error).stack).toBe('Error: x\n    at a (src/a.ts:1:2)\n    at b (src/b.ts:3:4)');
  });

  it('has a code only for errors of ours', () => {
    expect(describeThrown(new CodeseederError('ResultTooLarge', 'large')).code).toBe('ResultTooLarge');
    expect(describeThrown(Object.assign(new Error('x'), { code: 'ENOENT' }))).not.toHaveProperty('code');
  });

  it('follows causes five errors deep, and ends where they go in a circle', () => {
    const first = new Error('1');
    first.cause = new Error('2', { cause: first });
    let depth = 0;
    for (
      let error = describeThrown(first) as ReturnType<typeof describeThrown> | undefined;
      error;
      depth += 1
    )
      error = error.cause;

    expect(depth).toBe(5);
  });

  it('of several errors in one tells what each says, and the first as its cause', () => {
    const error = new AggregateError([new TypeError('refused on ::1'), 'refused on 127.0.0.1']);

    expect(describeThrown(error)).toMatchObject({
      name: 'AggregateError',
      message: 'refused on ::1; refused on 127.0.0.1',
      cause: { name: 'TypeError', message: 'refused on ::1' },
    });
    expect(describeThrown(new AggregateError([new Error('a')], 'all failed')).message).toBe('all failed');
  });

  it('does not grow with what was thrown', () => {
    const { message } = describeThrown(new Error('x'.repeat(3_000_000)));

    expect(message).toHaveLength(1_000_000);
    expect(message).toMatch(/\[cut, 3000000 characters in all\]$/);
    expect(describeThrown('x'.repeat(3_000_000)).message).toHaveLength(1_000_000);
  });

  it.each([
    ['a big number', 12n, { name: 'NonError', message: '12' }],
    ['a symbol', Symbol('why'), { name: 'NonError', message: 'Symbol(why)' }],
    ['nothing', undefined, { name: 'NonError', message: 'undefined' }],
    [
      'a name that is no text',
      Object.assign(new Error('m'), { name: Symbol('s') }),
      { name: 'Symbol(s)', message: 'm' },
    ],
    ['a message without text', throwing('message'), { message: expect.stringContaining('no message') }],
    ['a stack that throws', throwing('stack'), { name: 'Error', message: 'plain' }],
    [
      'a proxy that answers nothing',
      new Proxy(
        {},
        {
          get() {
            throw new Error('not here');
          },
        },
      ),
      { name: 'NonError', message: expect.stringContaining('not here') },
    ],
  ])('is there for %s', (_what, thrown, told) => {
    expect(describeThrown(thrown)).toMatchObject(told);
  });
});

describe('the log', () => {
  it('shows an error with all of its causes', () => {
    const error = new Error('outer', { cause: new Error('middle', { cause: 'inner' }) });

    expect(renderForLog(describeThrown(error))).toMatch(
      /^Error: outer\n[^]*\nCaused by: Error: middle\n[^]*\nCaused by: NonError: inner$/,
    );
  });
});
