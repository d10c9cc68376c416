import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { describeError, renderForLog } from '../../../client/runner/describe-error.js';
import { BUNDLE_PATHS, CodeseederError } from '../../../lib/contract/index.js';

const FOLDER = '/codebuild/output/src1/src';
const SECRET = 'open-sesame';
const describeThrown = (thrown: unknown) =>
  describeError(thrown, { bundleFolder: FOLDER, hideSecrets: (text) => text.replaceAll(SECRET, '***') });

function throwing(property: string): Error {
  return Object.defineProperty(new Error('plain'), property, {
    get() {
      throw new Error(`no ${property}`);
    },
  });
}

describe('describeError', () => {
  it('`describeError` makes the paths of a stack relative to the bundle, in URLs too', () => {
    const error = new Error('x');
    error.stack = `Error: x\n    at a (file://${FOLDER}/src/a.ts:1:2)\n    at b (${FOLDER}/src/b.ts:3:4)`;

    expect(describeThrown(error).stack).toBe('Error: x\n    at a (src/a.ts:1:2)\n    at b (src/b.ts:3:4)');
  });

  it('`describeError` shows the code of the innermost frame in own modules, without secrets and in short lines', async () => {
    const bundleFolder = await mkdtemp(path.join(tmpdir(), 'codeseeder-sources-'));
    const code = [
      'one',
      `const key = '${SECRET}';`,
      'x'.repeat(300),
      'throw new Error();',
      'five',
      'six',
      'seven',
    ];
    const file = path.join(bundleFolder, BUNDLE_PATHS.nodeSources);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ 'src/a (1).ts': code.join('\r\n') }));
    const error = new Error('x');
    const frames = [
      'of (node_modules/p/i.js:1:2)',
      `f (file://${bundleFolder}/src/a (1).ts:4:7)`,
      'g (src/b.ts:1:1)',
    ];
    error.stack = `Error: x\n    at ${frames.join('\n    at ')}`;
    const hideSecrets = (text: string) => text.replaceAll(SECRET, '***');

    const { source } = describeError(error, { bundleFolder, hideSecrets });
    await rm(bundleFolder, { recursive: true });
    expect(source).toMatchObject({ file: 'src/a (1).ts', line: 4, column: 7, firstLine: 2 });
    expect(source?.lines).toEqual(["const key = '***';", expect.any(String), ...code.slice(3, 6)]);
    expect(source?.lines[1]).toHaveLength(200);
    expect(describeError(error, { bundleFolder, hideSecrets }).source).toBeUndefined();
  });

  it('`describeError` sets a code only for errors of codeseeder', () => {
    expect(describeThrown(new CodeseederError('ResultTooLarge', 'large')).code).toBe('ResultTooLarge');
    expect(describeThrown(Object.assign(new Error('x'), { code: 'ENOENT' })).code).toBeUndefined();
  });

  it('`describeError` follows up to five causes, and ends in a circle', () => {
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

  it('`describeError` joins the messages of an AggregateError and sets the first error as its cause', () => {
    const error = new AggregateError([new TypeError('refused on ::1'), 'refused on 127.0.0.1']);

    expect(describeThrown(error)).toMatchObject({
      name: 'AggregateError',
      message: 'refused on ::1; refused on 127.0.0.1',
      cause: { name: 'TypeError', message: 'refused on ::1' },
    });
    expect(describeThrown(new AggregateError([new Error('a')], 'all failed')).message).toBe('all failed');
  });

  it('The stack of an AggregateError shows each of its errors, and at most ten', () => {
    const error = new AggregateError(
      [new TypeError('refused on ::1'), 'refused on 127.0.0.1'],
      'both refused',
    );
    const many = new AggregateError(Array.from({ length: 12 }, (_, index) => new Error(`part ${index}.`)));

    expect(describeThrown(error).stack).toMatch(
      /^AggregateError: both refused\n[^]*\n {2}\[errors\]: \[\n {4}TypeError: refused on ::1\n {8}at [^]*\n {4}refused on 127\.0\.0\.1\n {2}\]$/,
    );
    expect(describeThrown(many).stack).toMatch(/part 9\.[^]*\.\.\. and 2 more\n {2}\]$/);
    expect(describeThrown(many).stack).not.toContain('part 10.');
  });

  it('An AggregateError that contains itself is described', () => {
    const error = new AggregateError([new Error('inner')]);
    error.errors.push(error);

    expect(describeThrown(error).stack).toContain('inner');
  });

  it('`describeError` truncates long texts', () => {
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
  ])('`describeError` describes %s', (_what, thrown, told) => {
    expect(describeThrown(thrown)).toMatchObject(told);
  });
});

describe('the log', () => {
  it('`renderForLog` renders an error with all its causes', () => {
    const error = new Error('outer', { cause: new Error('middle', { cause: 'inner' }) });

    expect(renderForLog(describeThrown(error))).toMatch(
      /^Error: outer\n[^]*\nCaused by: Error: middle\n[^]*\nCaused by: NonError: inner$/,
    );
  });
});
