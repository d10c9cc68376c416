import { BlockList, isIP } from 'node:net';

import { PatternError, refuse, refuseAfter } from './pattern-error.js';
import type { PatternNode } from './pattern-json.js';
import { numberOf, numericTest } from './pattern-numbers.js';

/** Tests one value of an event. A missing member has the value `undefined`. */
export type ValueTest = (value: unknown) => boolean;

/**
 * Compiles one entry of a pattern's list, such as `"a"` or `{ "prefix": "a" }`.
 * @throws PatternError that names the problem
 */
export function valueTest(node: PatternNode): ValueTest {
  if (node.kind === 'object') return matchExpression(node);
  if (node.kind === 'array') return refuse('Match value must be String, number, true, false, or null', node);
  if (node.kind === 'number') return equalTo(Number(node.text));
  if (node.kind === 'string' && isIP(node.value) !== 0) return sameAddress(node.value);
  return equalTo(node.value);
}

/**
 * Returns whether EventBridge refuses a member with this name inside `$or`, because the name is an operator or
 * reserved for one.
 */
export function isReservedInAlternatives(name: string): boolean {
  return Object.hasOwn(MATCHERS, name) || RESERVED_NAMES.has(name);
}

const RESERVED_NAMES = new Set([
  ...['=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after'],
  ...['date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
  ...['ip-address-in-range', 'ip-address-not-in-range'],
]);

function matchExpression(node: PatternNode & { kind: 'object' }): ValueTest {
  const [first, second] = node.members;
  if (first === undefined) return refuseAfter('Match expression name not found', node);
  const make = Object.hasOwn(MATCHERS, first.name) ? MATCHERS[first.name] : undefined;
  if (make === undefined) return refuse(`Unrecognized match type ${first.name}`, first.node);
  const test = make(first.node);
  if (second !== undefined) refuse('Only one key allowed in match expression', second.node);
  return test;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const MATCHERS: Readonly<Record<string, (argument: PatternNode) => ValueTest>> = {
  exactly: (argument) => equalTo(textOf('exact', argument)),
  prefix: (argument) => affix('prefix', argument, PREFIX),
  suffix: (argument) => affix('suffix', argument, SUFFIX),
  'equals-ignore-case': (argument) => ignoringCase(textOf('equals-ignore-case', argument), '^', '$'),
  wildcard: (argument) => wildcard(textOf('wildcard', argument), argument),
  exists: (argument) => {
    if (argument.kind !== 'literal' || argument.value === null) {
      return refuse('exists match pattern must be either true or false.', argument);
    }
    const { value: isWanted } = argument;
    return (value) => (value !== undefined) === isWanted;
  },
  numeric: numericTest,
  cidr,
  'anything-but': anythingBut,
};

interface Affix {
  readonly fits: (text: string, part: string) => boolean;
  readonly anchors: readonly [string, string];
}

const PREFIX: Affix = { fits: (text, part) => text.startsWith(part), anchors: ['^', ''] };
const SUFFIX: Affix = { fits: (text, part) => text.endsWith(part), anchors: ['', '$'] };

function affix(name: string, argument: PatternNode, { fits, anchors }: Affix): ValueTest {
  if (argument.kind !== 'object') {
    const wanted = textOf(name, argument);
    return onText((text) => fits(text, wanted));
  }
  const [first, second] = argument.members;
  const title = name === 'prefix' ? 'Prefix' : 'Suffix';
  if (first === undefined) return refuseAfter(`${title} expression name not found`, argument);
  if (first.name !== 'equals-ignore-case') {
    return refuse(`Unsupported ${name} pattern: ${first.name}`, first.node);
  }
  const part = textOf('equals-ignore-case', first.node);
  if (second !== undefined) refuse('Only one key allowed in match expression', second.node);
  return ignoringCase(part, ...anchors);
}

function anythingBut(argument: PatternNode): ValueTest {
  const excluded = excludedTests(argument);
  return (value) => value !== undefined && !excluded.some((test) => test(value));
}

function excludedTests(argument: PatternNode): readonly ValueTest[] {
  if (argument.kind === 'object') return excludedByOperator(argument);
  if (argument.kind === 'literal') return refuse(ANYTHING_BUT_VALUE, argument);
  if (argument.kind !== 'array') return [excludedValue(argument)];
  const tests = argument.items.map(excludedValue);
  if (new Set(argument.items.map(({ kind }) => kind)).size !== 1) {
    refuseAfter(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
      argument,
    );
  }
  return tests;
}

const ANYTHING_BUT_VALUE = 'Value of anything-but must be an array or single string/number value.';

function excludedValue(node: PatternNode): ValueTest {
  if (node.kind === 'string') return equalTo(node.value);
  if (node.kind === 'number') return equalTo(numberOf(node));
  return refuse('Inside anything but list, start|null|boolean is not supported.', node);
}

function excludedByOperator(argument: PatternNode & { kind: 'object' }): readonly ValueTest[] {
  const [first, second] = argument.members;
  if (first === undefined) return refuseAfter('Anything-But expression name not found', argument);
  const { name, node } = first;
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)) {
    return refuse(`Unsupported anything-but pattern: ${name}`, node);
  }
  if (node.kind === 'object' || node.kind === 'literal') return refuse(ANYTHING_BUT_VALUE, node);
  const tests = (node.kind === 'array' ? node.items : [node]).map((item) => excludedText(name, item));
  if (second !== undefined) refuse('Too many elements in numeric expression', second.node);
  return tests;
}

function excludedText(name: string, node: PatternNode): ValueTest {
  if (node.kind !== 'string') return refuse(NO_EXCLUDED_TEXT[name] ?? NO_EXCLUDED_AFFIX, node);
  if (node.value === '' && (name === 'prefix' || name === 'suffix')) {
    return refuseAfter('Null prefix/suffix not allowed', node);
  }
  const make = MATCHERS[name];
  return make === undefined ? refuse(`Unsupported anything-but pattern: ${name}`, node) : make(node);
}

const NO_EXCLUDED_AFFIX = 'prefix/suffix match pattern must be a string';
const NO_EXCLUDED_TEXT: Readonly<Record<string, string>> = {
  wildcard: 'wildcard match pattern must be a string',
  'equals-ignore-case':
    'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
};

/** Compares addresses by their bits, so `::1` is the same as `0:0:0:0:0:0:0:1`. */
function sameAddress(address: string): ValueTest {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return onText((text) => isIP(text) !== 0 && list.check(text, familyOf(text)));
}

function cidr(argument: PatternNode): ValueTest {
  const parts = textOf('prefix', argument).split('/');
  const [address = '', mask = ''] = parts;
  if (parts.length !== 2 || mask === '') throw new PatternError("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d+$/.test(mask)) throw new PatternError('Malformed CIDR, mask bits must be an integer');
  if (mask.startsWith('-')) throw new PatternError('Malformed CIDR, mask bits must not be negative');
  if (isIP(address) === 0) throw new PatternError(`Nonstandard IP address: ${address}`);
  const bits = isIP(address) === 4 ? 32 : 128;
  if (Number(mask) >= bits) throw new PatternError(`IPv${isIP(address)} mask bits must be < ${bits}`);
  const list = new BlockList();
  list.addSubnet(address, Number(mask), familyOf(address));
  return onText((text) => isIP(text) !== 0 && list.check(text, familyOf(text)));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Compares single characters, each with its own upper and lower case, so `ß` is not equal to `ss`. */
function ignoringCase(part: string, start: string, end: string): ValueTest {
  const source = [...part].map((character) => {
    const forms = new Set([character.toLowerCase(), character.toUpperCase()]);
    return `(?:${[...forms].map(escapeForExpression).join('|')})`;
  });
  const expression = new RegExp(`${start}${source.join('')}${end}`, 's');
  return onText((text) => expression.test(text));
}

/** Matches the plain texts between the wildcards in order, each at its first possible position. */
function wildcard(pattern: string, node: PatternNode): ValueTest {
  const [first = '', ...others] = textsBetweenWildcards(pattern, node);
  const last = others.pop();
  if (last === undefined) return equalTo(first);
  return onText((text) => {
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) {
      return false;
    }
    const between = text.slice(first.length, text.length - last.length);
    let position = 0;
    return others.every((part) => {
      const found = between.indexOf(part, position);
      position = found + part.length;
      return found >= 0;
    });
  });
}

/**
 * Splits a pattern at its wildcards `*`. A backslash before `*` or before another backslash makes that character a
 * plain one.
 */
function textsBetweenWildcards(pattern: string, node: PatternNode): readonly string[] {
  const texts = [''];
  const add = (text: string) => texts.push((texts.pop() ?? '') + text);
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    // EventBridge's position counts the bytes after the quotation mark, starting at 1.
    const position = Buffer.byteLength(pattern.slice(0, index)) + 1;
    if (character === '\\') {
      if (next !== '*' && next !== '\\') refuseAfter(`Invalid escape character at pos ${position}`, node);
      add(next);
      index++;
    } else if (character !== '*') add(character);
    else if (next === '*') refuseAfter(`Consecutive wildcard characters at pos ${position}`, node);
    else texts.push('');
  }
  return texts;
}

function escapeForExpression(text: string): string {
  return text.replace(/[\\.*+?^${}()|[\]/]/g, '\\$&');
}

function equalTo(wanted: unknown): ValueTest {
  return (value) => value === wanted;
}

function onText(test: (text: string) => boolean): ValueTest {
  return (value) => typeof value === 'string' && test(value);
}

function textOf(name: string, argument: PatternNode): string {
  return argument.kind === 'string'
    ? argument.value
    : refuse(`${name} match pattern must be a string`, argument);
}
