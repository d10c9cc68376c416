import { BlockList, isIP } from 'node:net';

/** Returns whether a single value of an event matches. `undefined` is the value of a member that the event does not have. */
export type ValueTest = (value: unknown) => boolean;

/**
 * Compiles one entry of a pattern's list, such as `"a"` or `{ "prefix": "a" }`.
 * @throws Error with what is wrong
 */
export function valueTest(rule: unknown): ValueTest {
  if (isScalar(rule)) return (value) => value === rule;
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    throw new Error('Match value must be String, number, true, false, or null');
  }
  const [[name, argument] = ['', undefined], ...more] = Object.entries(rule);
  if (more.length > 0) throw new Error('Only one key allowed in match expression');
  const make = Object.hasOwn(MATCHERS, name) ? MATCHERS[name] : undefined;
  if (make === undefined) throw new Error(`Unrecognized match type ${name}`);
  return make(argument);
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const MATCHERS: Readonly<Record<string, (argument: unknown) => ValueTest>> = {
  prefix: (argument) => affix('prefix', argument, (text, part) => text.startsWith(part)),
  suffix: (argument) => affix('suffix', argument, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (argument) => {
    const wanted = textOf('equals-ignore-case', argument).toLowerCase();
    return onText((text) => text.toLowerCase() === wanted);
  },
  wildcard: (argument) => {
    const expression = wildcardExpression(textOf('wildcard', argument));
    return onText((text) => expression.test(text));
  },
  exists: (argument) => {
    if (typeof argument !== 'boolean') throw new Error('exists match pattern must be either true or false.');
    return (value) => (value !== undefined) === argument;
  },
  numeric,
  cidr,
  'anything-but': anythingBut,
};

function affix(name: string, argument: unknown, fits: (text: string, part: string) => boolean): ValueTest {
  if (typeof argument === 'object' && argument !== null && !Array.isArray(argument)) {
    const [[inner, part] = ['', undefined], ...more] = Object.entries(argument);
    if (inner !== 'equals-ignore-case' || more.length > 0) throw new Error(`Unsupported anything in ${name}`);
    const wanted = textOf(name, part).toLowerCase();
    return onText((text) => fits(text.toLowerCase(), wanted));
  }
  const wanted = textOf(name, argument);
  return onText((text) => fits(text, wanted));
}

function anythingBut(argument: unknown): ValueTest {
  const excluded = anythingButTests(argument);
  return (value) => value !== undefined && !excluded.some((test) => test(value));
}

function anythingButTests(argument: unknown): ValueTest[] {
  if (Array.isArray(argument)) {
    if (argument.length === 0) throw new Error('Anything-But list must not be empty');
    return argument.map((entry: unknown) => {
      if (!isScalar(entry)) throw new Error('Inside anything-but list, start|null|boolean is not supported.');
      return valueTest(entry);
    });
  }
  if (isScalar(argument)) return [valueTest(argument)];
  const [[name, inner] = ['', undefined], ...more] = Object.entries(argument as object) as [
    string,
    unknown,
  ][];
  if (more.length > 0 || !['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)) {
    throw new Error('Unsupported anything-but pattern');
  }
  return (Array.isArray(inner) ? inner : [inner]).map((part: unknown) => valueTest({ [name]: part }));
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numeric(argument: unknown): ValueTest {
  if (!Array.isArray(argument) || ![2, 4].includes(argument.length)) {
    throw new Error('Value of numeric must be an array of one or two comparisons.');
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < argument.length; index += 2) {
    const [operator, bound] = argument.slice(index, index + 2) as unknown[];
    const compare =
      typeof operator === 'string' && Object.hasOwn(COMPARISONS, operator)
        ? COMPARISONS[operator]
        : undefined;
    if (compare === undefined) throw new Error(`Unrecognized numeric range operator: ${String(operator)}`);
    if (typeof bound !== 'number') throw new Error('Value of a numeric comparison must be a number.');
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function cidr(argument: unknown): ValueTest {
  const [address = '', bits = ''] = textOf('cidr', argument).split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  try {
    if (!/^\d{1,3}$/.test(bits)) throw new Error('no mask');
    list.addSubnet(address, Number(bits), family);
  } catch (cause) {
    throw new Error("Malformed CIDR, one '/' required", { cause });
  }
  return onText((text) => isIP(text) !== 0 && list.check(text, isIP(text) === 6 ? 'ipv6' : 'ipv4'));
}

/** `*` matches any characters. A backslash makes it, or another backslash, a plain character. */
function wildcardExpression(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '\\') {
      const escaped = pattern.charAt(++index);
      if (escaped !== '*' && escaped !== '\\')
        throw new Error(`Invalid escape character at pos ${index - 1}`);
      source += `\\${escaped}`;
    } else if (character === '*') {
      if (pattern.charAt(index + 1) === '*')
        throw new Error(`Consecutive wildcard characters at pos ${index}`);
      source += '.*';
    } else source += character.replace(/[.+?^${}()|[\]/]/, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}

function onText(test: (text: string) => boolean): ValueTest {
  return (value) => typeof value === 'string' && test(value);
}

function textOf(name: string, argument: unknown): string {
  if (typeof argument === 'string' && argument !== '') return argument;
  throw new Error(`${name} match pattern must be a string`);
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
