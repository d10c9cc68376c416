import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ENDINGS, unpackBundle, type UnpackedBundle } from './run-bundle.js';

const MODULE = `${ENDINGS}/endings.ts`;
const CALLS_WHILE_IMPORTING = `${ENDINGS}/calls-while-importing.ts`;
const THROWS_WHILE_IMPORTING = `${ENDINGS}/throws-while-importing.ts`;
const EXITS_WHILE_IMPORTING = `${ENDINGS}/exits-while-importing.ts`;
const REJECTS_WHILE_IMPORTING = `${ENDINGS}/rejects-while-importing.ts`;

let bundle: UnpackedBundle;

beforeAll(async () => {
  bundle = await unpackBundle([
    MODULE,
    CALLS_WHILE_IMPORTING,
    THROWS_WHILE_IMPORTING,
    EXITS_WHILE_IMPORTING,
    REJECTS_WHILE_IMPORTING,
  ]);
});

afterAll(() => bundle.remove());

/** Returns the error in the result of a target. Fails if there is none. */
async function errorOf(exportName: string, args: readonly unknown[] = [], module = MODULE) {
  const { result, exitCode, stderr } = await bundle.run(module, exportName, args);
  if (result === undefined || result.ok) throw new Error(`no error: ${JSON.stringify(result)} ${stderr}`);
  expect(exitCode).toBe(1);
  return result.error;
}

describe('a target that returns', () => {
  it('The runner writes the returned value to the output folder and exits with 0', async () => {
    const end = await bundle.run(MODULE, 'add', [40, 2]);

    expect(end).toMatchObject({ exitCode: 0, result: { ok: true, value: 42 }, output: ['result.json'] });
  });

  it.each([
    ['nothing', [], undefined],
    [
      'echo',
      [{ text: 'ä\u2028"', list: [null, false, 1e21] }],
      { text: 'ä\u2028"', list: [null, false, 1e21] },
    ],
    ['returns', ['undefinedProperty'], { kept: 1 }],
    ['returns', ['withoutPrototype'], { a: 1 }],
  ])('The result of %s(%j) is %j', async (exportName, args, value) => {
    const { result } = await bundle.run(MODULE, exportName, args);

    expect(result).toEqual({ ok: true, value });
  });

  it('Work that a target did not await continues after the target returned, and the value is kept', async () => {
    const [promise, child] = [
      await bundle.run(MODULE, 'forgetsToAwait', [false]),
      await bundle.run(MODULE, 'leavesAChildProcess'),
    ];

    expect(promise).toMatchObject({ exitCode: 0, result: { ok: true, value: 'returned' } });
    expect(promise.stdout).toBe('deployed dev\ndeployed test\ndeployed prod\n');
    expect(child).toMatchObject({
      exitCode: 0,
      stdout: 'done by the child\n',
      result: { value: 'returned' },
    });
  });

  it('An error of work that a target did not await fails the run', async () => {
    const { result, exitCode, stderr } = await bundle.run(MODULE, 'forgetsToAwait', [true]);

    expect(exitCode).toBe(1);
    expect(result).toMatchObject({ ok: false, error: { message: 'prod is not healthy' } });
    expect(stderr).toContain('The target had returned before this error.');
  });

  it('The runner ends open work 60 seconds after the target returned, and says what was open', async () => {
    // Makes timers run a hundred times faster, so that a minute takes 0.6 seconds.
    const quick = `const real = setTimeout; globalThis.setTimeout = (f, ms, ...rest) => real(f, ms >= 5000 ? ms / 100 : ms, ...rest);`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(quick)}`;
    const end = await bundle.run(MODULE, 'leavesATimerOpen', [], { NODE_OPTIONS });

    expect(end).toMatchObject({ exitCode: 0, result: { value: 'returned' } });
    expect(end.stderr.split('\n')).toEqual([
      'codeseeder: the function returned, but its work goes on (1 timer) and may take 60 seconds in all.',
      'codeseeder: the function returned, but its work still goes on (1 timer) and is ended now. Await all work before you return.',
      '',
    ]);
  });

  it('A target that returns fails if the process ends with another exit code than 0', async () => {
    for (const target of ['setsTheExitCode', 'exitsAfterwards']) {
      expect(await errorOf(target, [4])).toMatchObject({
        code: 'ProcessExited',
        message: expect.stringContaining('returned, but the process ended with exit code 4'),
      });
    }
    expect(await bundle.run(MODULE, 'exitsAfterwards', [0])).toMatchObject({
      exitCode: 0,
      result: { value: 'returned' },
    });
  });

  it('The result stays if an exit handler of the target throws', async () => {
    const end = await bundle.run(MODULE, 'failsAfterwards');

    expect(end).toMatchObject({ exitCode: 0, result: { ok: true, value: 'returned' } });
  });

  it('A large line that is printed right before the end is complete', async () => {
    const { stdout, result } = await bundle.run(MODULE, 'printsMegabyte');

    expect(result).toMatchObject({ value: 'printed' });
    expect([stdout.length, stdout.slice(-4)]).toEqual([1_000_004, 'end\n']);
  });

  it('All printed lines are complete when the runner exits', async () => {
    const { stdout } = await bundle.run(MODULE, 'prints', [100_000]);

    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(100_000);
    expect(lines.at(-1)).toBe('line 99999');
  });
});

describe('a target that throws', () => {
  it('The result of an error has name, message and cause with the lines of the TypeScript source', async () => {
    const error = await errorOf('throwsWithCause', ['prod']);

    expect(error).toMatchObject({
      name: 'QuotaError',
      message: 'quota exceeded',
      cause: { name: 'TypeError', message: 'no such stage: prod' },
    });
    expect(error.stack).toContain(`throwsWithCause (${MODULE}:21:`);
    expect(error.cause?.stack).toContain(`check (${MODULE}:14:`);
  });

  it('The result of an error and of its cause has the lines of the source around the place of the throw', async () => {
    const { source, cause } = await errorOf('throwsWithCause', ['prod']);
    const lines = (await readFile(MODULE, 'utf8')).split('\n');

    expect(source).toMatchObject({ file: MODULE, line: 21, firstLine: 19, lines: lines.slice(18, 23) });
    expect(lines[20]?.slice((source?.column ?? 0) - 1)).toMatch(/^new QuotaError/);
    expect(cause?.source).toMatchObject({ file: MODULE, line: 14, lines: lines.slice(11, 16) });
  });

  it('The runner logs an error with its cause', async () => {
    const { stderr } = await bundle.run(MODULE, 'throwsWithCause', ['prod']);

    expect(stderr).toMatch(/QuotaError: quota exceeded[^]*Caused by: TypeError: no such stage: prod/);
  });

  it.each([
    ['throwsAnythingElse', ['just text'], { name: 'NonError', message: 'just text' }],
    ['throwsAnythingElse', [{ code: 7 }], { name: 'NonError', message: '{"code":7}' }],
    ['throwsAnythingElse', [null], { name: 'NonError', message: 'null' }],
    ['throwsWhatHasNoText', [], { name: 'NonError', message: '[object Object]' }],
    ['rejects', [], { name: 'RangeError', message: 'rejected' }],
    ['leavesARejectionUnhandled', [], { name: 'Error', message: 'nobody awaits me' }],
    ['throwsInATimer', [], { name: 'Error', message: 'thrown in a timer' }],
  ])('The result of %s(%j), which throws, is %j', async (exportName, args, error) => {
    expect(await errorOf(exportName, args)).toMatchObject(error);
  });
});

describe('a target that ends the process', () => {
  it.each([0, 3])('A target that exits with code %i fails the build', async (code) => {
    expect(await errorOf('exits', [code])).toMatchObject({
      code: 'ProcessExited',
      message: `The target ended the process with exit code ${code} before it returned.`,
    });
  });

  it('A target that throws in an exit handler fails the build', async () => {
    expect(await errorOf('failsWhileExiting')).toMatchObject({ code: 'ProcessExited' });
  });

  it('The runner reports a target that awaits a promise that never settles', async () => {
    expect(await errorOf('neverReturns')).toMatchObject({
      code: 'ProcessExited',
      message: expect.stringContaining('never returned'),
    });
  });

  it('A killed runner leaves no result', async () => {
    const end = await bundle.run(MODULE, 'killsItself');

    expect(end).toMatchObject({ exitCode: null, result: undefined, output: [] });
  });
});

describe('a value that is not JSON', () => {
  it.each([
    ['bigint', 'value.items[3].id is a BigInt'],
    ['cycle', 'value.child.parent refers back'],
    ['function', 'value.go is a function'],
    ['symbol', 'value[0] is a symbol'],
    ['undefinedInArray', 'value.list[1] is undefined; use null'],
    ['nan', 'value["price in $"] is NaN'],
    ['infinity', 'value[0] is Infinity'],
    ['date', 'value.at is a Date; pass date.toISOString()'],
    ['map', 'value is a Map'],
    ['instance', 'value.quota is a QuotaError'],
  ])('The runner refuses the value of %s: %s', async (kind, told) => {
    expect(await errorOf('returns', [kind])).toMatchObject({
      code: 'ResultNotJson',
      message: expect.stringContaining(told),
    });
  });

  it('The runner names the hole of a sparse array', async () => {
    expect(await errorOf('sparse')).toMatchObject({
      code: 'ResultNotJson',
      message: expect.stringContaining('value.list[1] is undefined'),
    });
  });

  it('The runner refuses a value of 500 MB without a crash', async () => {
    expect(await errorOf('returnsMegabytes', [500])).toMatchObject({
      code: 'ResultTooLarge',
      message: expect.stringContaining('larger than 67108864 bytes'),
    });
  });
});

describe('a target that cannot be called', () => {
  it.each([
    [MODULE, 'missing', 'exports no function missing; it exports QuotaError, add,'],
    [MODULE, 'notAFunction', 'exports no function notAFunction'],
    ['src/other.ts', 'add', `The bundle has no module src/other.ts; it has ${MODULE}`],
    ['constructor', 'add', 'The bundle has no module constructor; it has'],
    ['__proto__', 'add', 'The bundle has no module __proto__; it has'],
  ])('The runner names the missing target %s#%s', async (module, exportName, told) => {
    expect(await errorOf(exportName, [], module)).toMatchObject({
      code: 'TargetNotFound',
      message: expect.stringContaining(told),
    });
  });

  it('The runner reports a module that calls a remote function while it is imported', async () => {
    expect(await errorOf('add', [1, 2], CALLS_WHILE_IMPORTING)).toMatchObject({
      code: 'RemoteCallDuringImport',
      message: expect.stringContaining('if (!isRemote)'),
    });
  });

  it('The runner reports the error of a module that throws while it is imported', async () => {
    const error = await errorOf('add', [1, 2], THROWS_WHILE_IMPORTING);

    expect(error).toMatchObject({ name: 'Error', message: 'thrown by the module itself' });
    expect(error.stack).toContain(`${THROWS_WHILE_IMPORTING}:3:`);
  });

  it.each([
    [EXITS_WHILE_IMPORTING, { code: 'ProcessExited', message: expect.stringContaining('exit code 0') }],
    [REJECTS_WHILE_IMPORTING, { name: 'Error', message: 'rejected by the module itself' }],
  ])('The runner reports a module that %s', async (module, error) => {
    expect(await errorOf('add', [1, 2], module)).toMatchObject(error);
  });

  it('The runner refuses an invocation of another kind', async () => {
    const { result } = await bundle.runInvocation({ kind: 'commands', target: ['true'] });

    expect(result).toMatchObject({ ok: false, error: { code: 'InvalidRequest' } });
  });
});
