import { describe, expect, it } from '@jest/globals';

import { compileEventPattern } from '../../../lib/local/events/event-pattern.js';

/**
 * The source of a row: a test of aws/event-ruler at version 2.0, which is EventBridge's matcher; a response of
 * `TestEventPattern` that localstack/localstack recorded in AWS, by its label; or EventBridge's user guide.
 */
type Source = `ruler: ${string}` | `recorded: ${string}` | `guide: ${string}`;
type Row = readonly [source: Source, pattern: object | string, event: object | string, matches: boolean];

const textOf = (value: object | string) => (typeof value === 'string' ? value : JSON.stringify(value));
const matches = (pattern: object | string, event: object | string) =>
  compileEventPattern(textOf(pattern))(JSON.parse(textOf(event)));

const EMPTY_TEXTS: readonly Row[] = [
  ['recorded: content_prefix_empty', { a: [{ prefix: '' }] }, { a: 'any' }, true],
  ['recorded: content_suffix_empty', { a: [{ suffix: '' }] }, { a: 'any' }, true],
  ['ruler: PREFIX matches text only', { a: [{ prefix: '' }] }, { a: 5 }, false],
  ['recorded: content_wildcard_empty_NEG', { a: [{ wildcard: '' }] }, { a: 'any' }, false],
  ['ruler: WildcardParserTest', { a: [{ wildcard: '' }] }, { a: '' }, true],
  ['recorded: content_ignorecase_empty', { a: [{ 'equals-ignore-case': '' }] }, { a: '' }, true],
  ['recorded: content_ignorecase_empty_NEG', { a: [{ 'equals-ignore-case': '' }] }, { a: 'x' }, false],
  ['ruler: testCompile', { a: [{ 'anything-but': { 'equals-ignore-case': '' } }] }, { a: 'x' }, true],
  [
    'recorded: content_anything_wildcard_empty',
    { a: [{ 'anything-but': { wildcard: '' } }] },
    { a: 'x' },
    true,
  ],
  ['ruler: PREFIX_EQUALS_IGNORE_CASE', { a: [{ prefix: { 'equals-ignore-case': '' } }] }, { a: 'x' }, true],
  ['recorded: string_empty', { a: [''] }, { a: '' }, true],
];

const TEXTS: readonly Row[] = [
  ['ruler: EXACT', { a: [{ exactly: 'x' }] }, { a: 'x' }, true],
  ['ruler: EqualsIgnoreCaseParser', { a: [{ 'equals-ignore-case': 'ÄB' }] }, { a: 'äb' }, true],
  ['ruler: EqualsIgnoreCaseParser', { a: [{ 'equals-ignore-case': 'ss' }] }, { a: 'ß' }, false],
  [
    'ruler: SUFFIX_EQUALS_IGNORE_CASE',
    { a: [{ suffix: { 'equals-ignore-case': '.PNG' } }] },
    { a: 'f.pnG' },
    true,
  ],
  ['recorded: content_wildcard_nonrepeating', { a: [{ wildcard: 'a*b*c' }] }, { a: 'a-b-c' }, true],
  ['ruler: WILDCARD, the texts do not overlap', { a: [{ wildcard: 'ab*ba' }] }, { a: 'aba' }, false],
  ['ruler: WILDCARD, texts between in order', { a: [{ wildcard: 'a*x*y*b' }] }, { a: 'a-y-x-b' }, false],
  ['ruler: WILDCARD, a line feed', { a: [{ wildcard: 'a*b' }] }, { a: 'a\n.b' }, true],
  ['ruler: WILDCARD, an escaped asterisk', { a: [{ wildcard: String.raw`a\**` }] }, { a: 'a*b' }, true],
  ['ruler: WILDCARD, an escaped asterisk', { a: [{ wildcard: String.raw`a\**` }] }, { a: 'ab' }, false],
  [
    'ruler: WILDCARD, an escaped backslash',
    { a: [{ wildcard: String.raw`a\\*` }] },
    { a: String.raw`a\b` },
    true,
  ],
  ['recorded: key_case_sensitive_NEG', { A: ['x'] }, { a: 'x' }, false],
];

const ANYTHING_BUT: readonly Row[] = [
  [
    'recorded: content_anything_prefix_list',
    { a: [{ 'anything-but': { prefix: ['x', 'y'] } }] },
    { a: 'za' },
    true,
  ],
  [
    'recorded: content_anything_prefix_list_NEG',
    { a: [{ 'anything-but': { prefix: ['x', 'y'] } }] },
    { a: 'ya' },
    false,
  ],
  [
    'recorded: content_anything_suffix_list_NEG',
    { a: [{ 'anything-but': { suffix: ['x', 'y'] } }] },
    { a: 'ay' },
    false,
  ],
  [
    'recorded: content_anything_but_ignorecase_list_NEG',
    { a: [{ 'anything-but': { 'equals-ignore-case': ['X', 'Y'] } }] },
    { a: 'y' },
    false,
  ],
  [
    'recorded: content_anything_wildcard_list_NEG',
    { a: [{ 'anything-but': { wildcard: ['x*', '*y'] } }] },
    { a: 'ay' },
    false,
  ],
  [
    'recorded: content_anything_prefix_int_value',
    { a: [{ 'anything-but': { prefix: 'x' } }] },
    { a: 5 },
    true,
  ],
  ['recorded: content_anything_but_string_null', { a: [{ 'anything-but': 'x' }] }, { a: null }, true],
  ['recorded: content_anything_but_string_missing_NEG', { a: [{ 'anything-but': 'x' }] }, { b: 1 }, false],
  ['recorded: content_anything_but_number_zero', { a: [{ 'anything-but': 0 }] }, { a: 1 }, true],
  ['ruler: AnythingBut of numbers', { a: [{ 'anything-but': [1, 2] }] }, { a: 2.0 }, false],
  ['ruler: AnythingBut of numbers', { a: [{ 'anything-but': [1, 2] }] }, { a: '2' }, true],
  ['guide: any value of an array', { a: [{ 'anything-but': 'x' }] }, { a: ['x', 'y'] }, true],
  ['guide: any value of an array', { a: [{ 'anything-but': 'x' }] }, { a: ['x', 'x'] }, false],
];

const NUMBERS: readonly Row[] = [
  ['recorded: numeric-int-float', { a: [{ numeric: ['=', 1] }] }, { a: 1.0 }, true],
  ['recorded: number_comparison_float', '{"a":[1.50e2]}', { a: 150 }, true],
  ['recorded: numeric-string_NEG', { a: [{ numeric: ['>', 0] }] }, { a: '1' }, false],
  ['recorded: numeric-null_NEG', { a: [{ numeric: ['>', 0] }] }, { a: null }, false],
  ['recorded: content_numeric_and', { a: [{ numeric: ['>=', 0, '<', 5] }] }, { a: 0 }, true],
  ['recorded: content_numeric_and_NEG', { a: [{ numeric: ['>=', 0, '<', 5] }] }, { a: 5 }, false],
  ['ruler: testNumericExpressions', '{"a":[{"numeric":["<",1E-320]}]}', { a: 0 }, true],
  ['ruler: testNumericExpressions', '{"a":[{"numeric":[">",-4e-6]}]}', { a: -0.000003 }, true],
  ['ruler: testBigNumbers', '{"a":[123456789012]}', { a: 123456789012 }, true],
];

const ADDRESSES: readonly Row[] = [
  [
    'recorded: content_ip_address_v6',
    { a: [{ cidr: '2001:db8:1234:1a00::/64' }] },
    { a: '2001:db8:1234:1a00::7' },
    true,
  ],
  [
    'recorded: content_ip_address_v6_NEG',
    { a: [{ cidr: '2001:db8:1234:1a00::/64' }] },
    { a: '2001:db8:1235::' },
    false,
  ],
  ['recorded: content_ip_address_bad_type_NEG', { a: [{ cidr: '10.0.0.0/24' }] }, { a: 'no address' }, false],
  ['ruler: CIDR.ipToRangeIfPossible', { a: ['::1'] }, { a: '0:0:0:0:0:0:0:1' }, true],
  ['ruler: CIDR.ipToRangeIfPossible', { a: ['10.0.0.1'] }, { a: '10.0.0.2' }, false],
];

const PRESENCE: readonly Row[] = [
  ['recorded: null_value', { a: [null] }, { a: null }, true],
  ['recorded: null_value_NEG', { a: [null] }, { b: 1 }, false],
  ['recorded: arrays_empty_null_NEG', { a: [null] }, { a: [] }, false],
  ['recorded: exists_list_empty_NEG', { a: [{ exists: true }] }, { a: [] }, false],
  ['ruler: README, leaf nodes', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
  ['ruler: README, leaf nodes', { a: [{ exists: false }] }, { a: { b: 1 } }, true],
  [
    'recorded: or-exists',
    { a: { b: [{ 'anything-but': ['x'] }, { exists: false }] } },
    { a: { c: 1 } },
    true,
  ],
  ['recorded: content_exists_false', { a: { b: { c: [{ exists: false }] } } }, { a: { b: 'text' } }, true],
  ['recorded: nested_json_NEG', { a: { b: ['x'] } }, { a: '{"b":"x"}' }, false],
];

const ROWS = [{ k: 'a', v: 1 }, { k: 'b', v: 2 }, { k: 'c' }];
const ARRAYS: readonly Row[] = [
  ['ruler: README, array matching', { r: { k: ['b'], v: [2] } }, { r: ROWS }, true],
  ['ruler: README, array matching', { r: { k: ['a'], v: [2] } }, { r: ROWS }, false],
  ['ruler: README, multi-level arrays', { r: { k: ['c'] } }, { r: [[ROWS[0]], [[ROWS[2]]]] }, true],
  ['ruler: README, multi-level arrays', { r: { k: ['a'], v: [2] } }, { r: [[ROWS[0]], [ROWS[1]]] }, false],
  ['ruler: multi-level arrays', { r: { k: ['a'], v: [2] } }, { r: [[ROWS[0], ROWS[1]]] }, false],
  ['ruler: an array in an array of values', { r: ['x'] }, { r: [['y'], [['x']]] }, true],
  ['ruler: arrays beside each other', { r: { k: ['b'] }, s: { k: ['a'] } }, { r: ROWS, s: ROWS }, true],
  [
    'ruler: an array inside an element',
    { r: { k: ['b'], t: ['y'] } },
    {
      r: [
        { k: 'a', t: ['y'] },
        { k: 'b', t: ['x', 'y'] },
      ],
    },
    true,
  ],
  [
    'ruler: an array inside an element',
    { r: { k: ['a'], t: ['x'] } },
    {
      r: [
        { k: 'a', t: ['y'] },
        { k: 'b', t: ['x'] },
      ],
    },
    false,
  ],
  ['ruler: NameState, absence in an element', { r: { k: ['c'], v: [{ exists: false }] } }, { r: ROWS }, true],
  [
    'ruler: NameState, absence in an element',
    { r: { k: ['a'], v: [{ exists: false }] } },
    { r: ROWS },
    false,
  ],
  [
    'ruler: NameState, in the order of paths',
    { r: { a: [{ exists: false }], k: ['c'] } },
    { r: [{ a: 1 }, { k: 'c' }] },
    false,
  ],
  [
    'ruler: README, consistency beside plain values',
    { r: { k: ['a'] }, s: ['x'] },
    { r: ROWS, s: ['y', 'x'] },
    true,
  ],
];

const PATHS: readonly Row[] = [
  ['recorded: dot_joining_pattern', { d: { 's.t': ['x'] } }, { d: { s: { t: 'x' } } }, true],
  ['recorded: dot_joining_event', { d: { s: { t: ['x'] } } }, { d: { 's.t': 'x' } }, true],
  ['ruler: JSON keys with dots', { 'd.s': { t: ['x'] } }, { d: { 's.t': 'x' } }, true],
  ['recorded: dot_joining_pattern_NEG', { d: { 's.t': ['x'] } }, { d: { s: { u: 'x' } } }, false],
  [
    'ruler: paths of both forms are one',
    { d: { 's.t': ['x'] } },
    { d: { s: [{ t: 'y' }], 's.t': 'x' } },
    true,
  ],
  [
    'recorded: test_event_pattern_with_multi_key',
    '{"a":{"b":["x"]},"a":{"c":["y"]}}',
    { a: { b: 'z', c: 'y' } },
    false,
  ],
  ['ruler: testWithRuleOverride, the last counts', '{"a":["x"],"a":["y"]}', { a: 'y' }, true],
  ['ruler: testWithRuleOverride, the last counts', '{"a":["x"],"a":["y"]}', { a: 'x' }, false],
  ['ruler: testWithRuleOverride, dots', '{"a":{"b":["x"]},"a.b":["y"]}', { a: { b: 'y' } }, true],
  ['ruler: a name that objects inherit', { toString: [{ exists: false }] }, {}, true],
];

const ALTERNATIVES: readonly Row[] = [
  ['ruler: README, or', { s: ['x'], $or: [{ a: [1] }, { b: [1] }] }, { s: 'x', b: 1 }, true],
  [
    'ruler: README, parallel or',
    { $or: [{ a: [1] }, { b: [1] }], d: { $or: [{ a: [2] }, { b: [2] }] } },
    { a: 1, d: { b: 2 } },
    true,
  ],
  [
    'ruler: README, parallel or',
    { $or: [{ a: [1] }, { b: [1] }], d: { $or: [{ a: [2] }, { b: [2] }] } },
    { a: 1, d: { b: 1 } },
    false,
  ],
  [
    'ruler: README, nested or',
    { $or: [{ a: [1] }, { b: [1], $or: [{ c: [1] }, { d: [1] }] }] },
    { b: 1, d: 1 },
    true,
  ],
  [
    'ruler: README, nested or',
    { $or: [{ a: [1] }, { b: [1], $or: [{ c: [1] }, { d: [1] }] }] },
    { b: 1 },
    false,
  ],
  [
    'ruler: testWithRuleOverride, an alternative replaces',
    { name: ['a', 'b'], $or: [{ name: [{ 'anything-but': 'a' }] }, { c: ['x'] }] },
    { name: 'c' },
    true,
  ],
  [
    'ruler: testWithRuleOverride, the other alternative keeps',
    { name: ['a', 'b'], $or: [{ name: [{ 'anything-but': 'a' }] }, { c: ['x'] }] },
    { name: 'c2', c: 'x' },
    true,
  ],
  [
    'ruler: an alternative keeps what was named before',
    { name: ['a'], $or: [{ b: [1] }, { c: ['x'] }] },
    { name: 'z', c: 'x' },
    false,
  ],
  [
    'ruler: writeRules, a later name replaces',
    { $or: [{ name: ['a'] }, { c: ['x'] }], name: ['b'] },
    { name: 'b' },
    true,
  ],
  [
    'ruler: writeRules, a later name replaces',
    { $or: [{ name: ['a'] }, { c: ['x'] }], name: ['b'] },
    { name: 'a' },
    false,
  ],
  [
    'recorded: or-numeric-anything-but',
    { a: [{ numeric: ['=', 0] }, { 'anything-but': 0 }] },
    { a: 'x' },
    true,
  ],
  ['recorded: operator_multiple_list', { a: [{ exists: false }, { prefix: 'x' }] }, { a: 'xy' }, true],
];

describe('Rules of event patterns', () => {
  it.each<Row>([
    ...EMPTY_TEXTS,
    ...TEXTS,
    ...ANYTHING_BUT,
    ...NUMBERS,
    ...ADDRESSES,
    ...PRESENCE,
    ...ARRAYS,
    ...PATHS,
    ...ALTERNATIVES,
  ])(
    'An event pattern matches as EventBridge matches (%s): %j on %j is %s',
    (_source, pattern, event, expected) => {
      expect(matches(pattern, event)).toBe(expected);
    },
  );

  it('A pattern of many conditions on large arrays is tested within ten seconds', () => {
    const items = Array.from({ length: 3000 }, (_unused, index) => ({ k: 'x', v: index }));
    const event = { a: items, b: items, c: items, d: 'y' };
    const list = { k: ['x'], v: [{ numeric: ['>=', 0] }] };
    const startedAtMs = performance.now();
    expect(matches({ a: list, b: list, c: list, d: ['x'] }, event)).toBe(false);
    expect(matches({ t: [{ wildcard: `${'*a'.repeat(40)}*b` }] }, { t: 'a'.repeat(20_000) })).toBe(false);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });
});

type Refusal = readonly [
  source: Source,
  pattern: object | string,
  reason: string,
  column: number | undefined,
  path: string,
];

const AFFIX_LIST = 'prefix/suffix match pattern must be a string';
const IGNORE_CASE_LIST =
  'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';
const ANYTHING_BUT_VALUE = 'Value of anything-but must be an array or single string/number value.';
const MIXED = 'Inside anything but list, either all values are number or string, mixed type is not supported';

describe('Refusals of event patterns', () => {
  it.each<Refusal>([
    ['recorded: arrays_empty_EXC', '{"resources": []}', 'Empty arrays are not allowed', 17, 'resources'],
    ['ruler: testCompile', '{"a": {"b": {}}}', 'Empty objects are not allowed', 15, 'a.b'],
    ['recorded: int_nolist_EXC', '{"int": 42}', '"int" must be an object or an array', 11, 'int'],
    [
      'recorded: string_nolist_EXC',
      '{"string": "my-value"}',
      '"string" must be an object or an array',
      13,
      'string',
    ],
    [
      'ruler: writeRules',
      '{"a": [["x"]]}',
      'Match value must be String, number, true, false, or null',
      9,
      'a',
    ],
    [
      'recorded: operator_case_sensitive_EXC',
      '{"my_key": [{"EXISTS": true}]}',
      'Unrecognized match type EXISTS',
      28,
      'my_key',
    ],
    ['ruler: testCompile', '{"a": [{}]}', 'Match expression name not found', 10, 'a'],
    [
      'ruler: testCompile',
      '{"a": [{"prefix": "x", "foo": []}]}',
      'Only one key allowed in match expression',
      32,
      'a',
    ],
    ['ruler: testCompile', '{"a": [{"exactly": 33}]}', 'exact match pattern must be a string', 22, 'a'],
    [
      'recorded: content_prefix_int_EXC',
      '{"time": [{"prefix": 123}]}',
      'prefix match pattern must be a string',
      25,
      'time',
    ],
    [
      'recorded: content_suffix_list_EXC',
      '{"FileName": [{"suffix": [".png"]}]}',
      'suffix match pattern must be a string',
      27,
      'FileName',
    ],
    [
      'ruler: testCompile',
      '{"a": [{"prefix": {"invalid": "x"}}]}',
      'Unsupported prefix pattern: invalid',
      32,
      'a',
    ],
    [
      'recorded: content_ignorecase_list_EXC',
      '{"detail-type": [{"equals-ignore-case": {"prefix": "ec2"}}]}',
      'equals-ignore-case match pattern must be a string',
      42,
      'detail-type',
    ],
    [
      'recorded: content_wildcard_int_EXC',
      '{"EventBusArn": [{"wildcard": 123}]}',
      'wildcard match pattern must be a string',
      34,
      'EventBusArn',
    ],
    [
      'ruler: testWildcardConsecutiveWildcards',
      '{"key": [{"wildcard": "abc**def"}]}',
      'Consecutive wildcard characters at pos 4',
      33,
      'key',
    ],
    [
      'ruler: WildcardParserTest',
      String.raw`{"a": [{"wildcard": "ä\\x"}]}`,
      'Invalid escape character at pos 3',
      27,
      'a',
    ],
    [
      'ruler: testExistsExpression',
      '{"x": [{"exists": "yes"}]}',
      'exists match pattern must be either true or false.',
      20,
      'x',
    ],
    [
      'ruler: testExistsExpression',
      '{"x": [{"exists": null}]}',
      'exists match pattern must be either true or false.',
      23,
      'x',
    ],
    // Patterns with anything-but.
    ['ruler: testCompile', '{"d": {"a": [{"anything-but": ["x", 111, "y"]}]}}', MIXED, 46, 'd.a'],
    ['ruler: processAnythingButListMatchExpression', '{"a": [{"anything-but": []}]}', MIXED, 27, 'a'],
    [
      'recorded: content_anything_but_string_null_type_EXC',
      '{"a": [{"anything-but": null}]}',
      ANYTHING_BUT_VALUE,
      29,
      'a',
    ],
    [
      'recorded: content_anything_but_string_list_null_type_EXC',
      '{"detail": {"state": [{"anything-but": ["stopped", null]}]}}',
      'Inside anything but list, start|null|boolean is not supported.',
      56,
      'detail.state',
    ],
    [
      'recorded: content_anything_prefix_int_EXC',
      '{"detail": {"state": [{"anything-but": {"prefix": 123}}]}}',
      AFFIX_LIST,
      54,
      'detail.state',
    ],
    [
      'recorded: content_anything_prefix_list_type_EXC',
      '{"detail": {"state": [{"anything-but": {"prefix": [123, "test"]}}]}}',
      AFFIX_LIST,
      55,
      'detail.state',
    ],
    [
      'recorded: content_anything_but_ignorecase_EXC',
      '{"detail": {"state": [{"anything-but": {"equals-ignore-case": 123}}]}}',
      IGNORE_CASE_LIST,
      66,
      'detail.state',
    ],
    [
      'ruler: testCompile',
      '{"a": [{"anything-but": {"prefix": ""}}]}',
      'Null prefix/suffix not allowed',
      38,
      'a',
    ],
    [
      'ruler: testCompile',
      '{"a": [{"anything-but": {"suffix": ["1", ""]}}]}',
      'Null prefix/suffix not allowed',
      44,
      'a',
    ],
    [
      'ruler: testCompile',
      '{"a": [{"anything-but": {"foo": 3}}]}',
      'Unsupported anything-but pattern: foo',
      34,
      'a',
    ],
    [
      'ruler: testCompile',
      '{"a": [{"anything-but": {"wildcard": "foo**bar"}}]}',
      'Consecutive wildcard characters at pos 4',
      48,
      'a',
    ],
    [
      'recorded: content_anything_prefix_ignorecase_EXC',
      '{"detail": {"FileName": [{"anything-but": {"prefix": {"equals-ignore-case": "file"}}}]}}',
      ANYTHING_BUT_VALUE,
      55,
      'detail.FileName',
    ],
    // Patterns with numeric.
    [
      'recorded: content_numeric_EXC',
      '{"detail": {"c-count": [{"numeric": [">", 0, ">", 0]}]}}',
      'Bad numeric range operator: >',
      49,
      'detail.c-count',
    ],
    [
      'recorded: content_numeric_syntax_EXC',
      '{"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}}',
      'Value of < must be numeric',
      50,
      'detail.c-count',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": 5}]}',
      'Value of numeric must be an array.',
      21,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": ["<", 1, ">", 0]}]}',
      'Too many elements in numeric expression',
      30,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": [">", 1, "<", 1]}]}',
      'Bottom must be less than top',
      36,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": [">", 30, "<", 1]}]}',
      'Bottom must be less than top',
      37,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": [">", 1, "<", 30, false]}]}',
      'Too many terms in numeric range expression',
      43,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": ["==", 1]}]}',
      'Unrecognized numeric range operator: ==',
      28,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": ["=", "1"]}]}',
      'Value of equals must be numeric',
      27,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": ["=", 1E309]}]}',
      'Cannot compare number : 1E309',
      31,
      'x',
    ],
    [
      'ruler: testNumericExpressions',
      '{"x": [{"numeric": ["=", 1E-325]}]}',
      'Cannot compare number : 1E-325',
      32,
      'x',
    ],
    [
      'ruler: ComparableNumber',
      '{"x": [{"numeric": ["<", 9007199254740993]}]}',
      'Cannot compare number : 9007199254740993',
      42,
      'x',
    ],
    ['ruler: ComparableNumber', '{"x": [{"anything-but": 1e999}]}', 'Cannot compare number : 1e999', 30, 'x'],
    // Patterns with cidr. EventBridge's messages for these have no line and column.
    [
      'recorded: content_ip_address_EXC',
      '{"a": [{"cidr": "bad-filter"}]}',
      "Malformed CIDR, one '/' required",
      undefined,
      'a',
    ],
    [
      'recorded: content_ip_address_bad_mask_EXC',
      '{"a": [{"cidr": "10.0.0.0/xx"}]}',
      'Malformed CIDR, mask bits must be an integer',
      undefined,
      'a',
    ],
    [
      'recorded: content_ip_address_bad_ip_EXC',
      '{"a": [{"cidr": "xx.11.xx/8"}]}',
      'Nonstandard IP address: xx.11.xx',
      undefined,
      'a',
    ],
    ['ruler: CIDR', '{"a": [{"cidr": "10.0.0.0/32"}]}', 'IPv4 mask bits must be < 32', undefined, 'a'],
    ['ruler: CIDR', '{"a": [{"cidr": "::/128"}]}', 'IPv6 mask bits must be < 128', undefined, 'a'],
    [
      'recorded: content_ip_address_type_EXC',
      '{"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}}',
      'prefix match pattern must be a string',
      43,
      'detail.sourceIPAddress',
    ],
    // Patterns with $or.
    [
      'ruler: testOrFieldCanKeepWorkingInLegacyRuleCompiler',
      '{"d": {"$or": {"a": [1]}}}',
      'It must be an Array followed with $or.',
      16,
      'd.$or',
    ],
    [
      'ruler: wrongOrRelationshipRules',
      '{"$or": [{"a": [1]}]}',
      'There must have at least 2 Objects in $or relationship.',
      21,
      '$or',
    ],
    [
      'ruler: wrongOrRelationshipRules',
      '{"$or": [{"a": [1]}, [1]]}',
      'Only JSON object is allowed in array of $or relationship.',
      23,
      '$or',
    ],
    [
      'ruler: RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP',
      '{"$or": [{"a": [1]}, {"prefix": ["x"]}]}',
      'prefix is Ruler reserved fieldName which cannot be used inside $or.',
      34,
      '$or.prefix',
    ],
    [
      'ruler: parseObjectInsideOrRelationship',
      '{"$or": [{"a": [1]}, {}]}',
      'Empty objects are not allowed',
      24,
      '$or',
    ],
  ])(
    'An event pattern is refused as EventBridge refuses it (%s): %s',
    (_source, pattern, reason, column, path) => {
      const place =
        column === undefined
          ? ''
          : `\n at [Source: (String)"${textOf(pattern)}"; line: 1, column: ${column}]`;
      expect(() => compileEventPattern(textOf(pattern))).toThrow(
        expect.objectContaining({
          code: 'InvalidEventPatternException',
          message: `Event pattern is not valid. Reason: ${reason}${place}\n in "${path}"`,
        }),
      );
    },
  );

  it('The refusal of a pattern that is not an object has the position and no path', () => {
    expect(() => compileEventPattern('\n["a"]')).toThrow(
      'Event pattern is not valid. Reason: Filter is not an object\n at [Source: (String)"\n["a"]"; line: 2, column: 2]',
    );
  });

  it('A pattern whose `$or` have more than 1,000 combinations is refused', () => {
    const alternatives = `"$or": [${Array.from({ length: 11 }, (_unused, index) => `{"a${index}": [1]}`).join()}]`;
    const nested = (depth: number): string =>
      depth === 0 ? '{"x": [1]}' : `{${alternatives}, "d": ${nested(depth - 1)}}`;
    expect(() => compileEventPattern(nested(2))).not.toThrow();
    expect(() => compileEventPattern(nested(3))).toThrow(/\$or has more than 1000 combinations/);
  });
});
