import { isTooDeep } from '../wire/data-depth.js';
import { AwsError } from '../wire/aws-error.js';
import { type ValueTest, valueTest } from './pattern-values.js';

export type EventTest = (event: unknown) => boolean;

/**
 * Compiles an event pattern into a test.
 * @throws AwsError `InvalidEventPatternException`
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function compileEventPattern(text: string): EventTest {
  try {
    const pattern = JSON.parse(text) as unknown;
    if (isTooDeep(pattern)) throw new Error('it is nested too deep');
    return compileObject(pattern, '');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
  }
}

function compileObject(pattern: unknown, path: string): EventTest {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    throw new Error(path === '' ? 'Filter is not an object' : `"${path}" must be an object or an array`);
  }
  const members = Object.entries(pattern);
  if (members.length === 0) throw new Error('Empty objects are not allowed');
  const tests = members.map(([name, rule]: [string, unknown]): EventTest => {
    if (name === '$or' && Array.isArray(rule)) return compileAlternatives(rule, path);
    const memberPath = path === '' ? name : `${path}.${name}`;
    const test = Array.isArray(rule) ? compileList(rule) : compileObject(rule, memberPath);
    return (event) => test(memberOf(event, name));
  });
  const all: EventTest = (event) => tests.every((test) => test(event));
  // An object of an array matches as a whole: its members are not mixed with those of other entries.
  return (event) => (Array.isArray(event) && event.length > 0 ? event.some(all) : all(event));
}

function compileAlternatives(rules: readonly unknown[], path: string): EventTest {
  if (rules.length < 2) throw new Error('"$or" must be an array of at least two objects');
  const tests = rules.map((rule) => compileObject(rule, path));
  return (event) => tests.some((test) => test(event));
}

function compileList(rules: readonly unknown[]): EventTest {
  if (rules.length === 0) throw new Error('Empty arrays are not allowed');
  const tests = rules.map(valueTest);
  return (found) => leavesOf(found).some((leaf) => matchesOne(tests, leaf));
}

function matchesOne(tests: readonly ValueTest[], leaf: unknown): boolean {
  return tests.some((test) => test(leaf));
}

/** Returns the values that a list is compared with. Objects and empty arrays count as no value. */
function leavesOf(found: unknown): readonly unknown[] {
  if (Array.isArray(found)) {
    const leaves = found.flatMap((entry) => leavesOf(entry)).filter((leaf) => leaf !== undefined);
    return leaves.length === 0 ? [undefined] : leaves;
  }
  return typeof found === 'object' && found !== null ? [undefined] : [found];
}

function memberOf(event: unknown, name: string): unknown {
  if (typeof event !== 'object' || event === null) return undefined;
  return Object.hasOwn(event, name) ? (event as Record<string, unknown>)[name] : undefined;
}
