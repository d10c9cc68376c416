import { refuse, refuseAfter } from './pattern-error.js';
import type { PatternNode } from './pattern-json.js';

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** Compiles the value of `numeric`: one comparison, or a lower bound followed by an upper bound. */
export function numericTest(argument: PatternNode): (value: unknown) => boolean {
  if (argument.kind !== 'array') return refuse('Value of numeric must be an array.', argument);
  const [operatorNode, boundNode, ...rest] = argument.items;
  if (operatorNode?.kind !== 'string') {
    return refuseAfter(
      `Invalid member in numeric match: ${textOf(operatorNode ?? argument)}`,
      operatorNode ?? argument,
    );
  }
  const operator = operatorNode.value;
  const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  if (compare === undefined) {
    return refuse(`Unrecognized numeric range operator: ${operator}`, boundNode ?? operatorNode);
  }
  const bound = boundOf(operator, boundNode, argument);
  if (rest.length === 0) return (value) => typeof value === 'number' && compare(value, bound);
  if (!operator.startsWith('>'))
    return refuse('Too many elements in numeric expression', rest[0] ?? argument);
  const isBelowTop = upperBound(rest, bound, argument);
  return (value) => typeof value === 'number' && compare(value, bound) && isBelowTop(value);
}

function upperBound(
  [operatorNode, topNode, ...more]: readonly PatternNode[],
  bottom: number,
  list: PatternNode,
): (value: number) => boolean {
  if (operatorNode?.kind !== 'string') {
    return refuse(`Bad value in numeric range: ${textOf(operatorNode ?? list)}`, operatorNode ?? list);
  }
  const operator = operatorNode.value;
  const compare = operator === '<' || operator === '<=' ? COMPARISONS[operator] : undefined;
  if (compare === undefined) return refuseAfter(`Bad numeric range operator: ${operator}`, operatorNode);
  const top = boundOf(operator, topNode, list);
  if (more[0] !== undefined) refuse('Too many terms in numeric range expression', more[0]);
  if (bottom >= top) refuseAfter('Bottom must be less than top', list);
  return (value) => compare(value, top);
}

function boundOf(operator: string, node: PatternNode | undefined, list: PatternNode): number {
  if (node?.kind === 'number') return numberOf(node);
  const reason = `Value of ${operator === '=' ? 'equals' : operator} must be numeric`;
  return node === undefined ? refuseAfter(reason, list) : refuse(reason, node);
}

/** Returns the value of a number. Refuses a number that a double cannot represent exactly. */
export function numberOf(node: PatternNode & { kind: 'number' }): number {
  const value = Number(node.text);
  const isExact = Number.isFinite(value) && digitsOf(String(value)) === digitsOf(node.text);
  return isExact ? value : refuseAfter(`Cannot compare number : ${node.text}`, node);
}

/** Writes a decimal number in a unique form: `1.50e2` and `150` are both `15 1`. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant} ${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

function textOf(node: PatternNode): string {
  if (node.kind === 'array') return node.items.length === 0 ? ']' : '[';
  if (node.kind === 'object') return '{';
  return node.kind === 'number' ? node.text : String(node.value);
}
