import { describe, expect, it } from '@jest/globals';

import { parseDefinition } from '../../../../lib/local/states/interpreter/parse-definition.js';
import { aDefinition } from '../a-machine.js';

const integrations = { 'lambda:invoke': { required: ['FunctionName'], optional: ['Payload'] } };
const pass = (overrides: object = {}) => ({ Type: 'Pass', End: true, ...overrides });
const graph = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });

function parallel(branch: unknown, overrides: object = {}, before: object = {}) {
  return aDefinition({
    First: { ...pass(), End: undefined, Next: 'Both', ...before },
    Both: { Type: 'Parallel', Branches: [graph({ A: pass() }), branch], End: true, ...overrides },
  });
}

function map(overrides: object, processor: unknown = graph({ A: pass() })) {
  return aDefinition({ Each: { Type: 'Map', ItemProcessor: processor, End: true, ...overrides } });
}

describe('parseDefinition of states with branches', () => {
  it('`parseDefinition` reads the states of branches and items', () => {
    const both = parseDefinition(parallel(graph({ B: pass() })), { integrations }).states.get('Both');
    expect(both?.type === 'Parallel' && both.branches.map(({ startAt }) => startAt)).toEqual(['A', 'B']);
    const each = parseDefinition(map({}), { integrations }).states.get('Each');
    expect(each?.type === 'Map' && [...each.processor.states.keys()]).toEqual(['A']);
  });

  it.each([
    [
      'a branch that starts with no state of its own',
      parallel({ ...graph({ B: pass() }), StartAt: 'A' }),
      /MISSING_TRANSITION_TARGET: Missing 'Next' target: A at \/States\/Both\/Branches\[1\]\/StartAt'/,
    ],
    [
      'a transition out of a branch',
      parallel(graph({ B: { Type: 'Pass', Next: 'First' } })),
      /Missing 'Next' target: First at \/States\/Both\/Branches\[1\]\/States\/B\/Next'/,
    ],
    [
      'two states with one name',
      parallel(graph({ A: pass() })),
      /two states with the name "A" at \/States\/Both\/Branches\[1\]\/States\/A'/,
    ],
    [
      'a state of a branch with the name of one around it',
      parallel(graph({ First: pass() })),
      /two states with the name "First"/,
    ],
    ['a Parallel state without branches', parallel(undefined, { Branches: [] }), /at least one item/],
    [
      'a query language of a branch',
      parallel({ ...graph({ B: pass() }), QueryLanguage: 'JSONata' }),
      /Field "QueryLanguage" is not supported in a branch/,
    ],
    [
      'a JSONPath field of a Parallel state',
      parallel(graph({ B: pass() }), { ResultPath: '$' }),
      /Field "ResultPath" is not supported in a Parallel state/,
    ],
    [
      'a variable that a state around the branch assigns, too',
      parallel(graph({ B: pass({ Assign: { v: 1 } }) }), {}, { Assign: { v: 1 } }),
      /variable "v" is assigned outside of this branch, too/,
    ],
    [
      'an invalid query in a branch',
      parallel(graph({ B: pass({ Output: '{% 1 + %}' }) })),
      /not JSONata.* at \/States\/Both\/Branches\[1\]\/States\/B\/Output'/,
    ],
    ['a Map state without a processor', map({ ItemProcessor: undefined }), /Expected "ItemProcessor"/],
    ['both Iterator and ItemProcessor', map({ Iterator: graph({ B: pass() }) }), /Expected "ItemProcessor"/],
    ['Items that are an object', map({ Items: { a: 1 } }), /Expected an array or a JSONata expression/],
    [
      'ItemsPath',
      map({ ItemsPath: '$.a' }),
      /A JSONata state has "Items" instead of "ItemsPath" at \/States\/Each\/ItemsPath'/,
    ],
    ['Parameters', map({ Parameters: {} }), /A JSONata state has "ItemSelector" instead of "Parameters"/],
    [
      'a MaxConcurrency below 0',
      map({ MaxConcurrency: -1 }),
      /whole number from 0 .*\/States\/Each\/MaxConcurrency'/,
    ],
  ])('`parseDefinition` refuses %s', (_what, definition, message) => {
    expect(() => parseDefinition(definition, { integrations })).toThrow(
      expect.objectContaining({ code: 'InvalidDefinition', message: expect.stringMatching(message) }),
    );
  });
});
