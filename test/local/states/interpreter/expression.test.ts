import { describe, expect, it } from '@jest/globals';

import { evaluateExpression } from '../../../../lib/local/states/interpreter/expression.js';
import { aDefinition, evaluate, run } from '../a-machine.js';

async function failureOf(Output: unknown, input: unknown = {}) {
  const { end } = await run(aDefinition({ Only: { Type: 'Pass', Output, End: true } }), { input });
  return end;
}

describe('An expression', () => {
  it('An expression is evaluated at any depth, and other strings stay as they are', async () => {
    const output = {
      a: ['{% $states.input.n + 1 %}', 'x {% 1 %} y'],
      b: { c: '{%$states.input%}' },
      d: null,
    };
    expect(await evaluate(output, { n: 1 })).toEqual({ a: [2, 'x {% 1 %} y'], b: { c: { n: 1 } }, d: null });
  });

  it('An expression returns a plain array for a JSONata sequence, and one value for a sequence of one', async () => {
    const input = { list: [{ n: 1 }, { n: 2 }] };
    expect(await evaluate({ all: '{% $states.input.list.n %}' }, input)).toEqual({ all: [1, 2] });
    expect(await evaluate({ one: '{% $states.input.list[n=2].n %}' }, input)).toEqual({ one: 2 });
    expect(await evaluate({ kept: '{% [$states.input.list[n=2].n] %}' }, input)).toEqual({ kept: [2] });
  });

  it('An expression keeps null, and leaves undefined members out of an object', async () => {
    expect(await evaluate('{% {"a": $states.input.a, "b": $states.input.b} %}', { a: null })).toEqual({
      a: null,
    });
  });

  it.each([
    ['$states.input.missing', /returned nothing \(undefined\)\.$/],
    ['$number("x")', /threw an error during evaluation\. D3030: /],
    ['$sum', /returned a function/],
    ['{"f": function($x){$x}}', /returned a function/],
    ['$eval("1")', /T1006: Attempted to invoke a non-function/],
    ['($f := function($n){1 + $f($n)}; $f(1))', /Depth=101 max=100/],
  ])('The query %s fails the execution with States.QueryEvaluationError', async (query, cause) => {
    const end = await failureOf({ a: `{% ${query} %}` });
    expect(end).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringMatching(cause),
    });
    expect(end).toMatchObject({
      cause: expect.stringContaining(
        `An error occurred while executing the state 'Only' (entered at the event id #2). The JSONata expression '${query}' specified for the field 'Output/a'`,
      ),
    });
  });

  it('An expression that never ends times out, and other work continues meanwhile', async () => {
    let turns = 0;
    const others = setInterval(() => (turns += 1), 10);
    const end = await failureOf('{% ($f := function($n){$f($n)}; $f(1)) %}');
    clearInterval(others);
    expect(turns).toBeGreaterThan(20);
    expect(end).toMatchObject({ cause: expect.stringContaining('Expression evaluation timeout') });
  });

  it.each([
    [
      'values that double',
      '($f := function($x, $n){$n = 0 ? $x : $f([$x, $x], $n - 1)}; $f([1], 60))',
      'memory limit',
    ],
    [
      'texts that double',
      '($f := function($s, $n){$n = 0 ? $s : $f($s & $s, $n - 1)}; $f("ab", 60))',
      'memory limit',
    ],
    ['arrays of arrays', '[1..100000].[1..100000]', 'Expression evaluation'],
    ['one long array', '$sum([1..10000000])', 'memory limit'],
    ['a wide text', '$pad("", 1000000000)', 'memory limit'],
    [
      'a deep value',
      '($f := function($x, $n){$n = 0 ? $x : $f([[$x]], $n - 1)}; $f([1], 100000))',
      'evaluation',
    ],
    [
      'a pattern that never ends',
      '$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)',
      'evaluation timeout',
    ],
    ['too many brackets', `${'('.repeat(50_000)}1${')'.repeat(50_000)}`, 'evaluation'],
  ])('An expression cannot use up memory or time by %s', async (_what, query, told) => {
    const scope = { states: {}, variables: {}, nowMs: 0 };
    const refusal = evaluateExpression(`{% ${query} %}`, scope, 'Output');
    await expect(refusal).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      message: expect.stringContaining(told),
    });
  });

  it('An expression has $distinct and $pad as JSONata defines them', async () => {
    const count = '$count($distinct([1..3000].($ % 1000)))';
    expect(await evaluate(`{% ${count} %}`)).toBe(1000);
    expect(await evaluate('{% $distinct([{"a":1,"b":2},{"b":2,"a":1},1,"1",null]) %}')).toEqual([
      { a: 1, b: 2 },
      1,
      '1',
      null,
    ]);
    expect(await evaluate('{% [$distinct([[1],[1]]), $distinct([3,3])] %}')).toEqual([[1], 3]);
    expect(await evaluate('{% $pad("a", 5, "é-") & $pad("b", -3) & $pad("abc", 2) %}')).toBe('aé-é-  babc');
  });

  it('An expression counts its depth from 0 when many are evaluated at once', async () => {
    const query = `{% ${Array.from({ length: 90 }, () => '1').join('+')} %}`;
    expect(await Promise.all(Array.from({ length: 20 }, () => evaluate(query)))).toEqual(
      Array<number>(20).fill(90),
    );
  });

  it('An expression reads $now and $millis from the clock of the local AWS', async () => {
    const year = '{% [$substring($now(), 0, 10), $fromMillis($millis(), "[Y0001]")] %}';
    expect(await evaluate(year)).toEqual(['2030-01-01', '2030']);
  });

  it('An expression can read the context object', async () => {
    expect(await evaluate('{% $states.context %}', { a: 1 })).toEqual({
      Execution: {
        Id: 'arn:aws:states:eu-central-1:123456789012:execution:machine:run-1',
        Input: { a: 1 },
        Name: 'run-1',
        RoleArn: 'arn:aws:iam::123456789012:role/machine',
        StartTime: '2030-01-01T00:00:00.000Z',
        RedriveCount: 0,
      },
      State: { Name: 'Only', EnteredTime: '2030-01-01T00:00:00.000Z', RetryCount: 0 },
      StateMachine: { Id: 'arn:aws:states:eu-central-1:123456789012:stateMachine:machine', Name: 'machine' },
    });
  });
});

describe('The functions of Step Functions', () => {
  it.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1,2,3], 2.9)', [[1, 2], [3]]],
    ['$range(0, 10, 4)', [0, 4, 8]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$hash("abc", "SHA-1")', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['$hash("abc", "MD5")', '900150983cd24fb0d6963f7d28e17f72'],
    ['$parse("{\\"a\\":[1]}")', { a: [1] }],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ['$random() < 1 and $random() >= 0', true],
    ['$random() = $random()', false],
    ['$match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/) ~> $exists()', true],
  ])('The query %s returns %j', async (query, expected) => {
    expect(await evaluate(`{% ${query} %}`)).toEqual(expected);
  });

  it.each(['$partition([1], 0)', '$range(0, 10)', '$range(0, 10, -1)', '$hash("abc")'])(
    'The query %s returns undefined',
    async (query) => {
      expect(await failureOf(`{% ${query} %}`)).toMatchObject({
        cause: expect.stringContaining('returned nothing'),
      });
    },
  );

  it.each(['$hash("abc", "CRC")', '$parse("{")', '$range(1, 1000000, 1)'])(
    'The query %s fails',
    async (query) => {
      expect(await failureOf(`{% ${query} %}`)).toMatchObject({
        cause: expect.stringContaining('threw an error'),
      });
    },
  );
});
