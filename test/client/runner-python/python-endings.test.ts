import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { unpackPythonBundle, type PythonBundle, type RunnerEnd } from './run-python.js';

let bundle: PythonBundle;

beforeAll(async () => {
  bundle = await unpackPythonBundle();
});
afterAll(() => bundle.remove());

/** Returns the error in the result of a runner that failed. */
function errorOf({ exitCode, result }: RunnerEnd) {
  expect(exitCode).toBe(1);
  if (result === undefined || result.ok) throw new Error(`no failure: ${JSON.stringify(result)}`);
  return result.error;
}

describe('a Python function that raises', () => {
  it('The result of a Python exception has type, message, traceback and cause', async () => {
    const end = await bundle.run('endings.errors:deploy', { args: ['prod'] });

    expect(errorOf(end)).toEqual({
      name: 'DeployError',
      message: 'cannot deploy to prod',
      stack: [
        'Traceback (most recent call last):',
        '  File "endings/errors.py", line 20, in deploy',
        '    raise DeployError("cannot deploy to %s" % stage) from error',
        'endings.errors.DeployError: cannot deploy to prod',
      ].join('\n'),
      source: {
        file: 'endings/errors.py',
        line: 20,
        firstLine: 18,
        lines: [
          '        find_stage(stage)',
          '    except LookupError as error:',
          '        raise DeployError("cannot deploy to %s" % stage) from error',
          '',
          '',
        ],
      },
      cause: {
        name: 'LookupError',
        message: 'no such stage: prod',
        stack: expect.stringContaining('File "endings/errors.py", line 13, in find_stage'),
        source: expect.objectContaining({ file: 'endings/errors.py', line: 13 }),
      },
    });
    expect(end.stderr).toContain('DeployError: cannot deploy to prod\nCaused by: Traceback');
    expect(end.output).toEqual(['result.json']);
  });

  it('The exception that was being handled is the cause, unless it is suppressed', async () => {
    const handling = errorOf(await bundle.run('endings.errors:fails_while_handling'));
    const alone = errorOf(await bundle.run('endings.errors:fails_without_context'));

    expect(handling).toMatchObject({
      name: 'KeyError',
      message: "'missing'",
      cause: { name: 'LookupError' },
    });
    expect(alone).not.toHaveProperty('cause');
  });

  it('An exception without text is described', async () => {
    const error = errorOf(await bundle.run('endings.errors:mute'));

    expect(error).toMatchObject({ name: 'Mute', message: 'The raised exception has no text: RuntimeError' });
    expect(error.stack).toContain('in mute');
  });

  it('A recursion that is too deep has a result', async () => {
    expect(errorOf(await bundle.run('endings.errors:recurses'))).toMatchObject({ name: 'RecursionError' });
  });

  it('The error of importing a module has no frames of the import', async () => {
    const error = errorOf(await bundle.run('endings.raises_while_importing:any'));

    expect(error.stack).toBe(
      [
        'Traceback (most recent call last):',
        '  File "endings/raises_while_importing.py", line 1, in <module>',
        '    raise ValueError("not today")',
        'ValueError: not today',
      ].join('\n'),
    );
  });

  it('The result of a syntax error has its position', async () => {
    const error = errorOf(await bundle.run('endings.not_python:any'));

    expect(error.name).toBe('SyntaxError');
    expect(error.stack).toContain('File "endings/not_python.py", line 1');
  });

  it.each([
    [[], {}, "deploy() missing 1 required positional argument: 'stage'. The function is deploy(stage)."],
    [['a', 'b'], {}, 'deploy() takes 1 positional argument but 2 were given. The function is deploy(stage).'],
    [['a'], { where: 1 }, "got an unexpected keyword argument 'where'. The function is deploy(stage)."],
  ])(
    'The error of a call with the wrong arguments %j and %j has the function',
    async (args, kwargs, message) => {
      const error = errorOf(await bundle.run('endings.errors:deploy', { args, kwargs }));

      expect(error).toMatchObject({ name: 'TypeError', message: expect.stringContaining(message) });
    },
  );

  it('A TypeError in a function is reported as Python has it', async () => {
    const error = errorOf(await bundle.run('endings.errors:calls_wrongly'));

    expect(error.message).toBe("deploy() missing 1 required positional argument: 'stage'");
  });

  it('The first exception of an exception group is the cause', async () => {
    const error = errorOf(await bundle.run('endings.errors:group'));

    // Python before 3.11 has no exception groups.
    const isGroup = error.name === 'ExceptionGroup';
    expect(error).toMatchObject(
      isGroup ? { cause: { name: 'ValueError', message: 'first' } } : { name: 'NameError' },
    );
  });
});

describe('a Python target that is not there', () => {
  it.each([
    ['endings.nowhere:f', "There is no Python module endings.nowhere (No module named 'endings.nowhere')"],
    ['nowhere.deep:f', "There is no Python module nowhere.deep (No module named 'nowhere')"],
    ['endings.values.deep:f', "'endings.values' is not a package"],
    ['endings.values:subtract', 'endings.values has no function subtract; it has Colour, Point, Tools, add'],
    ['endings.values:Tools.half', 'endings.values has no function Tools.half'],
    ['endings.values:NOT_JSON', 'endings.values has no function NOT_JSON'],
  ])('The Python runner reports a missing target: %s', async (target, message) => {
    const error = errorOf(await bundle.run(target));

    expect(error).toMatchObject({
      name: 'TargetNotFound',
      code: 'TargetNotFound',
      message: expect.stringContaining(message),
    });
  });

  it("The Python runner distinguishes a missing target from a missing import in the target's module", async () => {
    const error = errorOf(await bundle.run('endings.imports_missing:never'));

    expect(error).toMatchObject({
      name: 'ModuleNotFoundError',
      message: "No module named 'a_module_that_nobody_has'",
    });
    expect(error).not.toHaveProperty('code');
  });
});

describe('a Python function that ends the process', () => {
  it.each([
    [[0], 'exit code 0'],
    [[3], 'exit code 3'],
    [[null], 'exit code 0'],
    [['give up'], 'exit code 1: give up'],
  ])('The Python runner reports sys.exit with %j', async (args, message) => {
    const error = errorOf(await bundle.run('endings.errors:exits', { args }));

    expect(error).toEqual({
      name: 'ProcessExited',
      code: 'ProcessExited',
      message: `The target ended the process with ${message} before it returned.`,
    });
  });

  it('The Python runner reports a module that ends the process while it is imported', async () => {
    const error = errorOf(await bundle.run('endings.exits_while_importing:any'));

    expect(error).toMatchObject({ code: 'ProcessExited', message: expect.stringContaining('give up') });
  });

  it('The Python runner reports an interrupt', async () => {
    expect(errorOf(await bundle.run('endings.errors:interrupted'))).toMatchObject({
      code: 'ProcessExited',
      message: 'The target was interrupted before it returned.',
    });
  });

  it.each([
    ['endings.errors:killed', [], null],
    ['endings.errors:ends_at_once', [0], 0],
  ])('A Python process that is killed leaves no result: %s', async (target, args, exitCode) => {
    const end = await bundle.run(target, { args });

    expect(end).toMatchObject({ exitCode, result: undefined, output: [] });
  });

  it('A forked process that ends leaves the result to its parent', async () => {
    const end = await bundle.run('endings.errors:forks');

    expect(end).toMatchObject({
      exitCode: 0,
      result: { ok: true, value: { "parent's": true, "child's exit code": 1 } },
    });
  });
});

describe('a value that JSON cannot carry', () => {
  it.each([
    ['nan', 'value.a[1] is nan, which JSON cannot represent'],
    ['infinity', 'value.a is -inf, which JSON cannot represent'],
    ['set', 'value.a is a set, whose order is by chance; return sorted(value)'],
    ['bytes', 'value[0] is bytes; return it as Base64 text'],
    ['datetime', 'value.at is a datetime; return value.isoformat()'],
    ['decimal', 'value is a Decimal; return plain data'],
    ['integer', 'value.big is an integer beyond 2**53, which JSON readers round; return str(value)'],
    ['key', 'value.a has the key 1, which is not a text'],
    ['odd key', 'value["a b"] is a object; return plain data'],
    ['namedtuple', 'value is a Point, which would arrive as a plain list; return its ._asdict()'],
    ['enum', 'value[0] is a Colour, which is an Enum; return its .value'],
  ])('The Python runner refuses a value with its path: %s', async (which, problem) => {
    const error = errorOf(await bundle.run('endings.values:not_json', { args: [which] }));

    expect(error).toEqual({
      name: 'ResultNotJson',
      code: 'ResultNotJson',
      message: `The returned value is not JSON: ${problem}.`,
    });
  });

  it('The Python runner refuses a value that contains itself or is nested too deep', async () => {
    const [cycle, deep, notTooDeep] = await Promise.all([
      bundle.run('endings.values:cycle'),
      bundle.run('endings.values:nested', { args: [501] }),
      bundle.run('endings.values:nested', { args: [500] }),
    ]);

    expect(errorOf(cycle).message).toContain('value.items[0] refers back to a value that contains it');
    expect(errorOf(deep).message).toContain('is nested over 500 deep');
    expect(notTooDeep.exitCode).toBe(0);
  });

  it.each([
    ['endings.values:large', 64 * 1024 ** 2, '67108864 bytes'],
    ['endings.values:many', 4_000_000, '4000000 values'],
    ['endings.values:texts', 1024, '67108864 bytes'],
  ])('The Python runner refuses a value that is too large: %s', async (target, size, limit) => {
    expect(errorOf(await bundle.run(target, { args: [size] }))).toMatchObject({
      code: 'ResultTooLarge',
      message: expect.stringContaining(`larger than ${limit} as JSON`),
    });
  });
});

it('The Python runner refuses an invocation of another kind', async () => {
  const end = await bundle.runInvocation({ kind: 'commands', target: ['ls'] });

  expect(errorOf(end)).toMatchObject({
    code: 'InvalidRequest',
    message: expect.stringContaining('not commands'),
  });
});

it('A result that cannot be written fails the run with the reason', async () => {
  const taken = path.join(bundle.folder, 'a file');
  await writeFile(taken, '');
  const end = await bundle.run('endings.values:nothing', { variables: { CODESEEDER_OUTPUT_DIR: taken } });

  expect(end.exitCode).toBe(1);
  expect(end.stderr).toContain(`The result cannot be written to ${taken}`);
  expect(await readFile(taken, 'utf8')).toBe('');
});
