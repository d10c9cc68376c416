import { describe, expect, it } from '@jest/globals';

import {
  parseDefinition,
  parseDefinitionText,
} from '../../../../lib/local/states/interpreter/parse-definition.js';
import { aDefinition, aTask } from '../a-machine.js';

const integrations = { 'lambda:invoke': { required: ['FunctionName'], optional: ['Payload'] } };
const done = { Type: 'Succeed' };
const task = (overrides: object) => aDefinition({ Only: aTask(overrides as Record<string, unknown>) });
const pass = (overrides: object) => aDefinition({ Only: { Type: 'Pass', End: true, ...overrides } });
const wait = (overrides: object) => aDefinition({ Only: { Type: 'Wait', End: true, ...overrides } });
const retry = (overrides: object) => task({ Retry: [{ ErrorEquals: ['A'], ...overrides }] });

describe('parseDefinition', () => {
  it('`parseDefinition` accepts every field that the local AWS supports', () => {
    const definition = aDefinition(
      {
        Call: aTask({
          Comment: 'c',
          TimeoutSeconds: '{% $states.input.t %}',
          Retry: [
            {
              ErrorEquals: ['A', 'B'],
              IntervalSeconds: 1,
              MaxAttempts: 0,
              BackoffRate: 1.5,
              MaxDelaySeconds: 9,
              JitterStrategy: 'FULL',
            },
            { ErrorEquals: ['States.ALL'] },
          ],
          Catch: [
            { ErrorEquals: ['States.ALL'], Next: 'Broken', Assign: { e: '{% $states.errorOutput %}' } },
          ],
          Assign: { r: '{% $states.result %}' },
          Next: 'Choose',
        }),
        Choose: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Wait' }], Default: 'Done' },
        Wait: { Type: 'Wait', Timestamp: '2030-01-01T00:00:00Z', Next: 'Call' },
        Broken: { Type: 'Fail', Error: 'E', Cause: '{% $e.Cause %}', Comment: 'c' },
        Done: done,
      },
      { Comment: 'c', Version: '1.0', TimeoutSeconds: 10 },
    );
    const parsed = parseDefinition(definition, { integrations });
    expect([...parsed.states.keys()]).toEqual(['Call', 'Choose', 'Wait', 'Broken', 'Done']);
  });

  it('`parseDefinition` accepts JSONata that each state sets for itself', () => {
    const definition = aDefinition(
      { Done: { ...done, QueryLanguage: 'JSONata' } },
      { QueryLanguage: undefined },
    );
    expect(parseDefinition(definition, { integrations }).startAt).toBe('Done');
  });

  it.each([
    [
      'a state of an unknown type',
      aDefinition({ Only: { Type: 'Loop', End: true } }),
      /State type "Loop" is not supported; the local AWS has Task, Parallel, Map, .* at \/States\/Only\/Type'/,
    ],
    ['a JSONPath machine', aDefinition({ Done: done }, { QueryLanguage: 'JSONPath' }), /JSONata states only/],
    [
      'a machine without a query language',
      aDefinition({ Done: done }, { QueryLanguage: undefined }),
      /"JSONPath" at \/States\/Done'/,
    ],
    [
      'a JSONPath state',
      aDefinition({ Done: { ...done, QueryLanguage: 'JSONPath' } }),
      /JSONata states only/,
    ],
    [
      'a JSONPath field',
      pass({ InputPath: '$' }),
      /Field "InputPath" is not supported in a Pass state at \/States\/Only\/InputPath'/,
    ],
    ['Parameters', task({ Parameters: {} }), /Field "Parameters"/],
    ['HeartbeatSeconds', task({ HeartbeatSeconds: 1 }), /Field "HeartbeatSeconds"/],
    ['Credentials', task({ Credentials: {} }), /Field "Credentials"/],
    [
      'waitForTaskToken',
      task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }),
      /integration "arn:aws:states:::lambda:invoke.waitForTaskToken" is not supported; the local AWS has lambda:invoke/,
    ],
    ['.sync', task({ Resource: 'arn:aws:states:::codebuild:startBuild.sync' }), /codebuild:startBuild.sync/],
    [
      'a function as Resource',
      task({ Resource: 'arn:aws:lambda:eu-central-1:123456789012:function:f' }),
      /is not supported/,
    ],
    ['an unknown field of the machine', aDefinition({ Done: done }, { Processor: {} }), /Field "Processor"/],
    [
      'an argument that the integration does not take',
      task({ Arguments: { FunctionName: 'f', Foo: 1 } }),
      /The field "Foo" is not supported .* at \/States\/Only\/Arguments'/,
    ],
    ['a missing argument', task({ Arguments: {} }), /The field "FunctionName" is required/],
    [
      'Arguments that are null',
      task({ Arguments: null }),
      /Expected an object, not null at \/States\/Only\/Arguments/,
    ],
    [
      'Arguments that are a list',
      task({ Arguments: [] }),
      /Expected an object, not \[\] at \/States\/Only\/Arguments/,
    ],
    [
      'a Next without its state',
      aDefinition({ Only: { Type: 'Pass', Next: 'None' } }),
      /MISSING_TRANSITION_TARGET: Missing 'Next' target: None at \/States\/Only\/Next/,
    ],
    ['a StartAt without its state', aDefinition({ Done: done }, { StartAt: 'None' }), /None at \/StartAt/],
    [
      'a Catch to nowhere',
      task({ Catch: [{ ErrorEquals: ['A'], Next: 'None' }] }),
      /None at \/States\/Only\/Catch\[0\]\/Next/,
    ],
    [
      'a state that nothing leads to',
      aDefinition({ Done: done, Other: done }),
      /State "Other" is not reachable/,
    ],
    ['neither Next nor End', pass({ End: undefined }), /exactly one of "Next" and "End"/],
    ['both Next and End', pass({ Next: 'Only' }), /exactly one of "Next" and "End"/],
    [
      'a query that is no JSONata',
      pass({ Output: { a: ['{% 1 + %}'] } }),
      /not JSONata: S0207.* at \/States\/Only\/Output\/a\/0'/,
    ],
    ['a query that does not fill its string', pass({ Output: '{% 1 %} ' }), /must fill its string/],
    [
      '$states.result where there is none',
      pass({ Output: '{% $states.result.a %}' }),
      /\$states.result does not exist/,
    ],
    [
      '$states.errorOutput outside of a Catch',
      task({ Output: '{% [1, $states.errorOutput] %}' }),
      /\$states.errorOutput/,
    ],
    ['a variable named states', pass({ Assign: { states: 1 } }), /"states" cannot be the name of a variable/],
    ['a variable with a hyphen', pass({ Assign: { 'a-b': 1 } }), /"a-b" cannot/],
    ['neither Seconds nor Timestamp', wait({}), /exactly one of "Seconds" and "Timestamp"/],
    ['Seconds in part', wait({ Seconds: 1.5 }), /whole number from 0 to 99999999 at \/States\/Only\/Seconds/],
    ['Seconds as text', wait({ Seconds: '1' }), /Expected a JSONata expression/],
    ['a Timestamp without a zone', wait({ Timestamp: '2030-01-01T00:00:00' }), /RFC 3339/],
    [
      'an empty list of choices',
      aDefinition({ Only: { Type: 'Choice', Choices: [] } }),
      /at least one item at \/States\/Only\/Choices/,
    ],
    [
      'States.ALL beside another',
      retry({ ErrorEquals: ['States.ALL', 'A'] }),
      /States.ALL must be the only name, in the last item/,
    ],
    [
      'States.ALL before another',
      task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }),
      /Retry\[0\]\/ErrorEquals/,
    ],
    ['an empty ErrorEquals', retry({ ErrorEquals: [] }), /at least one item/],
    ['an expression in a Retrier', retry({ IntervalSeconds: '{% 1 %}' }), /whole number from 1/],
    ['a BackoffRate below 1', retry({ BackoffRate: 0.5 }), /number from 1 .*BackoffRate/],
    [
      'a delay below the interval',
      retry({ IntervalSeconds: 9, MaxDelaySeconds: 9 }),
      /greater than IntervalSeconds/,
    ],
    ['an unknown jitter', retry({ JitterStrategy: 'SOME' }), /"NONE" or "FULL"/],
    ['TimeoutSeconds of 0', task({ TimeoutSeconds: 0 }), /whole number from 1/],
  ])('`parseDefinition` refuses %s', (_what, definition, message) => {
    expect(() => parseDefinition(definition, { integrations })).toThrow(
      expect.objectContaining({ code: 'InvalidDefinition', message: expect.stringMatching(message) }),
    );
  });

  it('`parseDefinitionText` refuses text that is not JSON', () => {
    expect(() => parseDefinitionText('{', { integrations })).toThrow(/INVALID_JSON_DESCRIPTION/);
  });
});
