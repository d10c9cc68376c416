import { isTooDeep } from '../wire/data-depth.js';
import { AwsError } from '../wire/aws-error.js';
import { fieldsOf, type Membership, mergeMemberships, PathValues } from './event-fields.js';
import { PatternError, refuse, refuseAfter } from './pattern-error.js';
import { type PatternNode, readPatternJson } from './pattern-json.js';
import { isReservedInAlternatives, type ValueTest, valueTest } from './pattern-values.js';

export type EventTest = (event: unknown) => boolean;

/**
 * The tests of a pattern by path. An event matches if each path has a value that passes one of its tests, and these
 * values are in the same elements of arrays.
 */
type FieldTests = ReadonlyMap<string, readonly ValueTest[]>;

/** Maximum number of combinations of the alternatives of all `$or` in a pattern. */
const MAX_COMBINATIONS = 1000;

/**
 * Compiles an event pattern into a test, by the rules of EventBridge's own matcher.
 * @throws AwsError `InvalidEventPatternException`, with EventBridge's message and the path in the pattern
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * @see https://github.com/aws/event-ruler
 */
export function compileEventPattern(text: string): EventTest {
  const place: string[] = [];
  try {
    if (isTooDeep(JSON.parse(text))) throw new PatternError('it is nested too deeply');
    const root = readPatternJson(text);
    if (root.kind !== 'object') refuse('Filter is not an object', root);
    const rules = new PatternCompiler(place).compileObject(root, '', [], false);
    const tests = rules.map(testOfRule);
    return (event) => tests.some((test) => test(event));
  } catch (error) {
    throw invalidPattern(text, error, place.join('.'));
  }
}

function invalidPattern(text: string, error: unknown, path: string): AwsError {
  let message = `Event pattern is not valid. Reason: ${error instanceof Error ? error.message : String(error)}`;
  if (error instanceof PatternError && error.offset !== undefined) {
    const before = text.slice(0, error.offset).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    message += `\n at [Source: (String)"${text}"; line: ${before.length}, column: ${column}]`;
  }
  if (path !== '') message += `\n in "${path}"`;
  return new AwsError('InvalidEventPatternException', message);
}

/**
 * Compiles a pattern into rules, one for each combination of the alternatives of `$or`. If a pattern contains a path
 * twice, the later tests replace the earlier ones.
 */
class PatternCompiler {
  private readonly place: string[];

  /**
   * @param place receives the names on the path to the part that is being compiled. After an error, it has the path
   * to the refused part
   */
  constructor(place: string[]) {
    this.place = place;
  }

  compileObject(
    node: PatternNode,
    path: string,
    rulesSoFar: readonly FieldTests[],
    isAlternative: boolean,
  ): readonly FieldTests[] {
    if (node.kind !== 'object' || node.members.length === 0) {
      return refuseAfter('Empty objects are not allowed', node);
    }
    let rules = rulesSoFar;
    for (const { name, node: member } of node.members) {
      this.place.push(name);
      const memberPath = path === '' ? name : `${path}.${name}`;
      if (name === '$or') rules = this.compileAlternatives(member, path, rules);
      else if (isAlternative && isReservedInAlternatives(name)) {
        refuse(`${name} is Ruler reserved fieldName which cannot be used inside $or.`, member);
      } else if (member.kind === 'object') {
        rules = this.compileObject(member, memberPath, rules, isAlternative);
      } else if (member.kind === 'array') rules = withTests(rules, memberPath, compileList(member));
      else refuse(`"${name}" must be an object or an array`, member);
      this.place.pop();
    }
    return rules;
  }

  private compileAlternatives(
    node: PatternNode,
    path: string,
    rulesSoFar: readonly FieldTests[],
  ): readonly FieldTests[] {
    if (node.kind !== 'array') return refuse('It must be an Array followed with $or.', node);
    const rules: FieldTests[] = [];
    for (const item of node.items) {
      if (item.kind !== 'object') refuse('Only JSON object is allowed in array of $or relationship.', item);
      rules.push(...this.compileObject(item, path, rulesSoFar, true));
      if (rules.length > MAX_COMBINATIONS) {
        refuseAfter(`$or has more than ${MAX_COMBINATIONS} combinations`, item);
      }
    }
    if (node.items.length < 2) refuseAfter('There must have at least 2 Objects in $or relationship.', node);
    return rules;
  }
}

function compileList(node: PatternNode & { kind: 'array' }): readonly ValueTest[] {
  const tests = node.items.map(valueTest);
  return tests.length === 0 ? refuseAfter('Empty arrays are not allowed', node) : tests;
}

function withTests(
  rules: readonly FieldTests[],
  path: string,
  tests: readonly ValueTest[],
): readonly FieldTests[] {
  const former = rules.length === 0 ? [new Map<string, readonly ValueTest[]>()] : rules;
  return former.map((rule) => new Map(rule).set(path, tests));
}

/**
 * Returns a test for one rule. It tests paths in alphabetical order, as EventBridge does. The order matters for
 * `exists: false`, which is tested in the array elements that earlier paths have selected.
 */
function testOfRule(rule: FieldTests): EventTest {
  const paths = [...rule.keys()].sort();
  const usedNames = new Set(paths.flatMap((path) => path.split('.')));
  return (event) => {
    const fields = fieldsOf(event, usedNames);
    const steps = paths.map((path) => ({
      tests: rule.get(path) ?? [],
      values: new PathValues(fields.get(path) ?? []),
    }));
    return new Search(steps).matchesFrom(0, new Map());
  };
}

interface Step {
  readonly tests: readonly ValueTest[];
  readonly values: PathValues;
}

/** Searches for one value of each path, so that all these values are in the same elements of arrays. */
class Search {
  private readonly failed = new Set<string>();
  private readonly steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  matchesFrom(index: number, membership: Membership): boolean {
    const step = this.steps[index];
    if (step === undefined) return true;
    const key = this.keyOf(index, membership);
    if (this.failed.has(key)) return false;
    const isFound = this.matchesStep(step, index, membership);
    if (!isFound) this.failed.add(key);
    return isFound;
  }

  private matchesStep({ tests, values }: Step, index: number, membership: Membership): boolean {
    let isAbsent = true;
    for (const { value, membership: ofValue } of values.near(membership)) {
      const merged = mergeMemberships(membership, ofValue);
      if (merged === undefined) continue;
      isAbsent = false;
      if (tests.some((test) => test(value)) && this.matchesFrom(index + 1, merged)) return true;
    }
    return isAbsent && tests.some((test) => test(undefined)) && this.matchesFrom(index + 1, membership);
  }

  /**
   * Returns the key under which a failed search is remembered: the path and the selected elements of those arrays
   * that the remaining paths use. Searches with the same key have the same result.
   */
  private keyOf(index: number, membership: Membership): string {
    if (membership.size === 0) return String(index);
    const relevant = [...membership].filter(([array]) =>
      this.steps.slice(index).some(({ values }) => values.arrays.has(array)),
    );
    return `${index} ${relevant.map((pair) => pair.join(':')).join(' ')}`;
  }
}
