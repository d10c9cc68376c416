import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';

import {
  type ExpressionContext,
  type ExpressionParser,
  keepExpressions,
} from '../../../lib/local/dynamodb/kept-expressions.js';

const require = createRequire(import.meta.url);

/**
 * Returns two versions of a parser of dynalite: the original, and one with the cache that counts how often it parses.
 */
function parsers(name: 'conditionParser' | 'updateParser') {
  const exported = require(`dynalite/db/${name}`) as ExpressionParser;
  const plain: ExpressionParser = { parse: (text, options) => exported.parse(text, options) };
  let parsed = 0;
  const keeping: ExpressionParser = {
    parse: (text, options) => {
      parsed += 1;
      return plain.parse(text, options);
    },
  };
  keepExpressions(keeping);
  return { plain, keeping, parsed: () => parsed };
}

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function contextOf(attrNames: Record<string, string>, attrVals: Values): ExpressionContext {
  const unused = (named: object) => Object.fromEntries(Object.keys(named).map((name) => [name, true]));
  const context = {
    attrNames,
    attrVals,
    unusedAttrNames: unused(attrNames),
    unusedAttrVals: unused(attrVals),
  };
  return Object.assign(context, { isReserved: () => false, compare: () => false });
}

const NAMES = { '#phase': 'phase', '#status': 'status' };
const CONDITION = '(#status IN (:a, :b)) AND (attribute_not_exists(#phase) OR NOT #phase IN (:c))';
const valuesOf = (text: string): Values => ({ ':a': { S: text }, ':b': { S: 'B' }, ':c': { S: `${text}!` } });

describe('Expressions that are kept', () => {
  it.each([
    ['conditionParser', CONDITION],
    ['updateParser', 'SET #phase = :a, #status = if_not_exists(#status, :b) REMOVE x.y[2]'],
  ] as const)(
    'The %s parses an expression once, and puts the values of each request into its tree',
    (name, text) => {
      const { plain, keeping, parsed } = parsers(name);
      for (const value of ['first', 'second', 'third']) {
        const [expected, found] = [contextOf(NAMES, valuesOf(value)), contextOf(NAMES, valuesOf(value))];
        const tree = keeping.parse(text, { context: found });
        expect(tree).toEqual(plain.parse(text, { context: expected }));
        expect(JSON.stringify(tree)).toContain(`{"S":"${value}"}`);
        expect(found.unusedAttrNames).toEqual(expected.unusedAttrNames);
        expect(found.unusedAttrVals).toEqual(expected.unusedAttrVals);
      }
      expect(parsed()).toBe(1);
    },
  );

  it('A change of a returned tree does not affect the next request', () => {
    const { keeping } = parsers('conditionParser');
    const parse = () => keeping.parse(CONDITION, { context: contextOf(NAMES, valuesOf('x')) });
    const first = parse() as { expression: { args: unknown[] } };
    const before = structuredClone(first);
    first.expression.args.length = 0;
    expect(parse()).toEqual(before);
  });

  it('Names that an earlier expression of the first request used count as used in later requests', () => {
    const { keeping } = parsers('conditionParser');
    const first = contextOf(NAMES, valuesOf('x'));
    delete first.unusedAttrNames['#phase'];
    keeping.parse(CONDITION, { context: first });
    const second = contextOf(NAMES, valuesOf('y'));
    keeping.parse(CONDITION, { context: second });
    expect(second.unusedAttrNames).toEqual({});
  });

  it('An expression is parsed again for a value of another type or for other names', () => {
    const { plain, keeping, parsed } = parsers('conditionParser');
    const text = 'begins_with(#phase, :a)';
    const names = { '#phase': 'phase' };
    const contexts = [
      () => contextOf(names, { ':a': { S: 'x' } }),
      () => contextOf(names, { ':a': { N: '1' } }),
      () => contextOf({ '#phase': 'other' }, { ':a': { S: 'x' } }),
    ];
    for (const context of contexts) {
      expect(keeping.parse(text, { context: context() })).toEqual(plain.parse(text, { context: context() }));
    }
    expect(parsed()).toBeGreaterThanOrEqual(3);
  });

  it('An expression whose check depends on values, and one with a mistake, are parsed each time', () => {
    const { keeping, parsed } = parsers('conditionParser');
    const bounds = (low: string) => contextOf({}, { ':a': { N: low }, ':b': { N: '2' } });
    keeping.parse('x BETWEEN :a AND :b', { context: bounds('1') });
    keeping.parse('x between :a and :b', { context: bounds('3') });
    expect(parsed()).toBe(2);
    expect(keeping.parse('x = :missing', { context: bounds('1') })).toContain(':missing');
    expect(() => keeping.parse('x = = :a', { context: bounds('1') })).toThrow();
  });
});
