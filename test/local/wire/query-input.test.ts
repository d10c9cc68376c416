import { describe, expect, it } from '@jest/globals';

import { parseQueryInput } from '../../../lib/local/wire/query-input.js';

const parse = (form: string): unknown => parseQueryInput(new URLSearchParams(form));

describe('parseQueryInput', () => {
  it('`parseQueryInput` converts the flat form to lists and objects, in the order of their numbers', () => {
    expect(
      parse('StackName=a&Tags.member.10.Key=k10&Tags.member.2.Key=k2&Tags.member.2.Value=&Ids.member.1=x'),
    ).toEqual({ StackName: 'a', Tags: [{ Key: 'k2', Value: '' }, { Key: 'k10' }], Ids: ['x'] });
  });

  it('`parseQueryInput` keeps an object that has other members than the numbers of a list', () => {
    expect(parse('A.member=x&B.member.one=y')).toEqual({ A: { member: 'x' }, B: { member: { one: 'y' } } });
  });

  it('`parseQueryInput` keeps parameters that have the names of members of every object', () => {
    expect(JSON.stringify(parse('__proto__.a=1&constructor=2'))).toBe(
      '{"__proto__":{"a":"1"},"constructor":"2"}',
    );
  });

  it.each(['A=1&A=2', 'A=1&A.b=2', 'A.b=2&A=1', `${'a.'.repeat(21)}b=1`])(
    '`parseQueryInput` refuses %.30s',
    (form) => {
      expect(() => parse(form)).toThrow(expect.objectContaining({ code: 'InvalidQueryParameter' }));
    },
  );
});
