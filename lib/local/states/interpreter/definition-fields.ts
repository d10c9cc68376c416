import type { Json, JsonObject } from '../../resources/resource-provider.js';
import { AwsError } from '../../wire/aws-error.js';
import type { Next } from './definition.js';
import { checkQuery, isExpression, queryOf } from './expression.js';

/** Returns the service's error for an invalid definition. */
export function invalidDefinition(
  problem: string,
  path: string,
  code: 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' = 'SCHEMA_VALIDATION_FAILED',
): AwsError {
  return new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: '${code}: ${problem} at ${path === '' ? '/' : path}'`,
  );
}

/** Members of `$states` that exist in a field, beside `input` and `context`. */
export interface Visible {
  readonly result?: boolean;
  readonly errorOutput?: boolean;
}

/** Reads an object of a definition field by field. Errors name the path of the field. */
export class DefinitionFields {
  readonly path: string;
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalidDefinition('Expected an object', path);
    }
    this.fields = value as Record<string, unknown>;
    this.path = path;
  }

  /** Refuses every field that is not named. */
  only(names: readonly string[], owner: string): void {
    const unknown = Object.keys(this.fields).find((name) => !names.includes(name));
    if (unknown !== undefined) throw this.problem(`Field "${unknown}" is not supported in ${owner}`, unknown);
  }

  readonly entries = (): readonly [string, unknown][] => Object.entries(this.fields);

  has(name: string): boolean {
    return Object.hasOwn(this.fields, name);
  }

  get(name: string): unknown {
    return this.has(name) ? this.fields[name] : undefined;
  }

  problem(problem: string, name?: string): AwsError {
    return invalidDefinition(problem, name === undefined ? this.path : `${this.path}/${name}`);
  }

  string(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw this.problem('Expected a string', name);
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value !== undefined && typeof value !== 'boolean') throw this.problem('Expected true or false', name);
    return value;
  }

  number(name: string, range: { min: number; max: number; whole?: boolean }): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const fits =
      typeof value === 'number' &&
      value >= range.min &&
      value <= range.max &&
      (range.whole === false || Number.isInteger(value));
    if (fits) return value;
    const kind = range.whole === false ? 'number' : 'whole number';
    throw this.problem(`Expected a ${kind} from ${range.min} to ${range.max}`, name);
  }

  /** Reads a whole number, or an expression of one. */
  count(name: string, range = { min: 0, max: 2_147_483_647 }): number | string | undefined {
    return typeof this.get(name) === 'string' ? this.expression(name) : this.number(name, range);
  }

  /** Reads a field whose value is one of some texts. */
  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const found = values.find((value) => value === this.get(name));
    if (found !== undefined) return found;
    throw this.problem(`Expected one of ${values.join(', ')}`, name);
  }

  /** Reads an object. */
  object(name: string): DefinitionFields {
    return new DefinitionFields(this.get(name), `${this.path}/${name}`);
  }

  array(name: string): readonly unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value) || value.length === 0) {
      throw this.problem('Expected an array with at least one item', name);
    }
    return value;
  }

  strings(name: string): readonly string[] {
    return this.array(name).map((item) => {
      if (typeof item !== 'string') throw this.problem('Expected strings', name);
      return item;
    });
  }

  /** Reads a string with a query. */
  expression(name: string, visible: Visible = {}): string {
    const value = this.string(name);
    if (!isExpression(value)) throw this.problem('Expected a JSONata expression inside {% %}', name);
    checkTemplate(value, `${this.path}/${name}`, visible);
    return value;
  }

  /** Reads JSON that may contain queries. */
  template(name: string, visible: Visible = {}): Json {
    const value = this.get(name);
    checkTemplate(value, `${this.path}/${name}`, visible);
    return value as Json;
  }

  /** Reads `Assign` and `Output`. */
  assigning(visible: Visible = {}): { assign: JsonObject | undefined; output: Json | undefined } {
    return {
      assign: this.has('Assign') ? this.assign(visible) : undefined,
      output: this.has('Output') ? this.template('Output', visible) : undefined,
    };
  }

  private assign(visible: Visible): JsonObject {
    const names = Object.keys(new DefinitionFields(this.get('Assign'), `${this.path}/Assign`).fields);
    const unusable = names.find((name) => name === 'states' || !VARIABLE_NAME.test(name));
    if (unusable !== undefined) {
      throw this.problem(`"${unusable}" cannot be the name of a variable`, `Assign/${unusable}`);
    }
    return this.template('Assign', visible) as JsonObject;
  }
}

/** Reads exactly one of `Next` and `End: true`. */
export function parseNext(fields: DefinitionFields): Next {
  const end = fields.boolean('End') === true;
  if (end === fields.has('Next')) throw fields.problem('Expected exactly one of "Next" and "End": true');
  return end ? undefined : fields.string('Next');
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html */
const VARIABLE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

function checkTemplate(value: unknown, path: string, visible: Visible): void {
  if (typeof value === 'string') return checkString(value, path, visible);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) checkTemplate(item, `${path}/${key}`, visible);
}

function checkString(value: string, path: string, visible: Visible): void {
  if (!isExpression(value)) {
    if (!value.startsWith('{%') && !value.endsWith('%}')) return;
    throw invalidDefinition('A JSONata expression must fill its string, from {% to %}', path);
  }
  const query = queryOf(value);
  let ast: unknown;
  try {
    ast = checkQuery(query);
  } catch (error) {
    throw invalidDefinition(`The query is not JSONata: ${(error as Error).message}`, path);
  }
  for (const member of ['result', 'errorOutput'] as const) {
    if (visible[member] !== true && readsStates(ast, member)) {
      throw invalidDefinition(`$states.${member} does not exist in this field`, path);
    }
  }
}

/** Whether a path in the query starts with `$states.<member>`. */
function readsStates(node: unknown, member: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { type, steps } = node as { type?: unknown; steps?: { type?: string; value?: unknown }[] };
  if (type === 'path' && Array.isArray(steps)) {
    const [first, second] = steps;
    const isMember = first?.type === 'variable' && first.value === 'states' && second?.value === member;
    if (isMember) return true;
  }
  return Object.values(node).some((child) => readsStates(child, member));
}
