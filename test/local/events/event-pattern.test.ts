import { describe, expect, it } from '@jest/globals';

import { compileEventPattern } from '../../../lib/local/events/event-pattern.js';

const event = {
  version: '0',
  source: 'codeseeder',
  'detail-type': 'Run State Change',
  resources: ['arn:a', 'arn:b'],
  detail: {
    status: 'FAILED',
    path: 'dir/file.PNG',
    n: 5,
    ip: '10.0.0.17',
    flag: true,
    none: null,
    empty: [],
    tags: ['x', 'y'],
    items: [
      { k: 'a', v: 1 },
      { k: 'b', v: 2 },
    ],
  },
};
const fits = (pattern: object) => compileEventPattern(JSON.stringify(pattern))(event);
const detail = (rule: object) => fits({ detail: rule });

describe('Event patterns', () => {
  it.each<[string, object, boolean]>([
    ['an equal text', { status: ['FAILED'] }, true],
    ['one of several texts', { status: ['SUCCEEDED', 'FAILED'] }, true],
    ['another text', { status: ['SUCCEEDED'] }, false],
    ['text of another case', { status: ['failed'] }, false],
    ['an equal number', { n: [5] }, true],
    ['a number as text', { n: ['5'] }, false],
    ['a truth value', { flag: [true] }, true],
    ['null', { none: [null] }, true],
    ['a value inside an array', { tags: ['y'] }, true],
    ['a value outside an array', { tags: ['z'] }, false],
    ['a prefix', { path: [{ prefix: 'dir/' }] }, true],
    ['a wrong prefix', { path: [{ prefix: 'file' }] }, false],
    ['a prefix of any case', { path: [{ prefix: { 'equals-ignore-case': 'DIR' } }] }, true],
    ['a suffix', { path: [{ suffix: '.PNG' }] }, true],
    ['a suffix of any case', { path: [{ suffix: { 'equals-ignore-case': '.png' } }] }, true],
    ['a wrong suffix', { path: [{ suffix: '.png' }] }, false],
    ['text of any case', { status: [{ 'equals-ignore-case': 'failed' }] }, true],
    ['anything but a text', { status: [{ 'anything-but': 'SUCCEEDED' }] }, true],
    ['anything but its text', { status: [{ 'anything-but': ['FAILED', 'x'] }] }, false],
    ['anything but a number', { n: [{ 'anything-but': [5] }] }, false],
    ['anything but a prefix', { path: [{ 'anything-but': { prefix: 'dir' } }] }, false],
    ['anything but prefixes', { path: [{ 'anything-but': { prefix: ['a', 'b'] } }] }, true],
    ['anything but a suffix', { path: [{ 'anything-but': { suffix: '.gif' } }] }, true],
    ['anything but a wildcard', { path: [{ 'anything-but': { wildcard: '*/*.PNG' } }] }, false],
    ['anything, of what is missing', { gone: [{ 'anything-but': 'x' }] }, false],
    ['a numeric range', { n: [{ numeric: ['>', 4, '<=', 5] }] }, true],
    ['a missed numeric range', { n: [{ numeric: ['>', 5] }] }, false],
    ['an equal by numeric', { n: [{ numeric: ['=', 5] }] }, true],
    ['a numeric range of a text', { status: [{ numeric: ['<', 9] }] }, false],
    ['a member that is there', { status: [{ exists: true }] }, true],
    ['a member that is not there', { gone: [{ exists: false }] }, true],
    ['the absence of one that is there', { status: [{ exists: false }] }, false],
    ['absence below what is absent', { gone: { deeper: [{ exists: false }] } }, true],
    ['an object as if it were a leaf', { items: [{ exists: true }] }, false],
    ['an empty array as absent', { empty: [{ exists: false }] }, true],
    ['a wildcard', { path: [{ wildcard: 'dir/*.PNG' }] }, true],
    ['a wildcard that is anchored', { path: [{ wildcard: 'ir/*' }] }, false],
    ['an escaped wildcard', { path: [{ wildcard: 'dir/\\*' }] }, false],
    ['a dot that is no wildcard', { path: [{ wildcard: 'dir/file?PNG' }] }, false],
    ['an address block', { ip: [{ cidr: '10.0.0.0/24' }] }, true],
    ['another address block', { ip: [{ cidr: '10.0.1.0/24' }] }, false],
    ['one of two alternatives', { $or: [{ n: [1] }, { status: ['FAILED'] }] }, true],
    ['none of two alternatives', { $or: [{ n: [1] }, { n: [2] }] }, false],
    ['an alternative beside a member', { flag: [false], $or: [{ n: [5] }, { n: [2] }] }, false],
    ['an object inside an array', { items: { k: ['b'], v: [2] } }, true],
    ['no mix of two objects of an array', { items: { k: ['a'], v: [2] } }, false],
  ])('An event pattern with %s matches the expected events', (_what, rule, expected) => {
    expect(detail(rule)).toBe(expected);
  });

  it('An event pattern matches the envelope only if all members do', () => {
    expect(fits({ source: ['codeseeder'], 'detail-type': ['Run State Change'], resources: ['arn:b'] })).toBe(
      true,
    );
    expect(fits({ source: ['codeseeder'], 'detail-type': ['Run Requested'] })).toBe(false);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['an empty object inside', '{"detail":{}}'],
    ['an empty list', '{"source":[]}'],
    ['a value outside a list', '{"source":"a"}'],
    ['an unknown operator', '{"source":[{"like":"a"}]}'],
    ['two operators at once', '{"source":[{"prefix":"a","suffix":"b"}]}'],
    ['a numeric rule without bound', '{"a":[{"numeric":[">"]}]}'],
    ['a numeric rule of text', '{"a":[{"numeric":[">","1"]}]}'],
    ['a block without mask', '{"a":[{"cidr":"10.0.0.1"}]}'],
    ['a bad escape', '{"a":[{"wildcard":"a\\\\b"}]}'],
    ['one alternative only', '{"$or":[{"a":[1]}]}'],
    ['exists of text', '{"a":[{"exists":"yes"}]}'],
  ])('An event pattern is refused when it is %s', (_what, pattern) => {
    expect(() => compileEventPattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'InvalidEventPatternException',
        message: expect.stringMatching(/^Event pattern is not valid. Reason: ./),
      }),
    );
  });
});
