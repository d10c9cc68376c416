import { DefinitionFields, parseNext } from './definition-fields.js';
import type {
  ChoiceState,
  FailState,
  PassState,
  State,
  StateGraph,
  SucceedState,
  WaitState,
} from './definition.js';
import { isExpression } from './expression.js';
import type { IntegrationShapes } from './integration.js';
import { parseMap } from './parse-map.js';
import { parseParallel } from './parse-parallel.js';
import { parseTask } from './parse-task.js';

const ANY_STATE = ['Type', 'Comment', 'QueryLanguage'];

/** The machine whose states are parsed. */
export interface Machine {
  readonly queryLanguage: unknown;
  readonly integrations: IntegrationShapes;
  /** Reads the states of a branch or of an item. */
  readonly parseGraph: (fields: DefinitionFields) => StateGraph;
  /** Labels of the distributed Map states so far. */
  readonly labels: Set<string>;
}

/** @throws AwsError `InvalidDefinition` */
export function parseState(name: string, fields: DefinitionFields, machine: Machine): State {
  const language = fields.get('QueryLanguage') ?? machine.queryLanguage;
  if (language !== 'JSONata') {
    throw fields.problem(
      `The local AWS runs JSONata states only, and this one's QueryLanguage is ${JSON.stringify(language)}`,
    );
  }
  const type = fields.string('Type');
  switch (type) {
    case 'Task':
      return parseTask(name, fields, machine.integrations, ANY_STATE);
    case 'Parallel':
      return parseParallel(name, fields, machine.parseGraph, ANY_STATE);
    case 'Map':
      return parseMap(name, fields, machine, ANY_STATE);
    case 'Wait':
      return parseWait(name, fields);
    case 'Choice':
      return parseChoice(name, fields);
    case 'Pass':
      return parsePass(name, fields);
    case 'Succeed':
      return parseSucceed(name, fields);
    case 'Fail':
      return parseFail(name, fields);
    default:
      throw fields.problem(
        `State type ${JSON.stringify(type)} is not supported; the local AWS has Task, Parallel, Map, Wait, Choice, Pass, Succeed and Fail`,
        'Type',
      );
  }
}

function parseWait(name: string, fields: DefinitionFields): WaitState {
  fields.only([...ANY_STATE, 'Seconds', 'Timestamp', 'Next', 'End', 'Assign', 'Output'], 'a Wait state');
  if (fields.has('Seconds') === fields.has('Timestamp')) {
    throw fields.problem('Expected exactly one of "Seconds" and "Timestamp"');
  }
  const until = fields.has('Seconds')
    ? { seconds: fields.count('Seconds', { min: 0, max: 99_999_999 }) ?? 0 }
    : { timestamp: parseTimestamp(fields) };
  return { type: 'Wait', name, until, next: parseNext(fields), ...fields.assigning() };
}

function parseTimestamp(fields: DefinitionFields): string {
  const timestamp = fields.string('Timestamp');
  if (isExpression(timestamp)) return fields.expression('Timestamp');
  if (!isTimestamp(timestamp))
    throw fields.problem('Expected an RFC 3339 time such as 2030-01-02T03:04:05Z', 'Timestamp');
  return timestamp;
}

/** Whether a text is an RFC 3339 time with an upper-case T, and an upper-case Z unless it has an offset. */
export function isTimestamp(text: string): boolean {
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
  return shape.test(text) && !Number.isNaN(Date.parse(text));
}

function parseChoice(name: string, fields: DefinitionFields): ChoiceState {
  fields.only([...ANY_STATE, 'Choices', 'Default', 'Assign', 'Output'], 'a Choice state');
  const choices = fields.array('Choices').map((choice, index) => {
    const rule = new DefinitionFields(choice, `${fields.path}/Choices[${index}]`);
    rule.only(['Comment', 'Condition', 'Next', 'Assign', 'Output'], 'a rule of a Choice state');
    const condition = rule.get('Condition');
    return {
      condition: typeof condition === 'boolean' ? condition : rule.expression('Condition'),
      next: rule.string('Next'),
      ...rule.assigning(),
    };
  });
  return {
    type: 'Choice',
    name,
    choices,
    default: fields.has('Default') ? fields.string('Default') : undefined,
    ...fields.assigning(),
  };
}

function parsePass(name: string, fields: DefinitionFields): PassState {
  fields.only([...ANY_STATE, 'Next', 'End', 'Assign', 'Output'], 'a Pass state');
  return { type: 'Pass', name, next: parseNext(fields), ...fields.assigning() };
}

function parseSucceed(name: string, fields: DefinitionFields): SucceedState {
  fields.only([...ANY_STATE, 'Output'], 'a Succeed state');
  return { type: 'Succeed', name, ...fields.assigning() };
}

function parseFail(name: string, fields: DefinitionFields): FailState {
  fields.only([...ANY_STATE, 'Error', 'Cause'], 'a Fail state');
  const text = (field: string) => {
    if (!fields.has(field)) return undefined;
    fields.template(field);
    return fields.string(field);
  };
  return {
    type: 'Fail',
    name,
    error: text('Error'),
    cause: text('Cause'),
  };
}
