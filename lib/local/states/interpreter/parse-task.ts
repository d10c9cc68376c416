import type { Json, JsonObject } from '../../resources/resource-provider.js';
import { DefinitionFields, parseNext } from './definition-fields.js';
import type { Catcher, Retrier, TaskState } from './definition.js';
import { isExpression } from './expression.js';
import { argumentsProblem } from './integration.js';
import type { IntegrationShapes } from './integration.js';

const TASK_FIELDS = [
  'Resource',
  'Arguments',
  'TimeoutSeconds',
  'HeartbeatSeconds',
  'Retry',
  'Catch',
  'Next',
  'End',
  'Assign',
  'Output',
];

/** @throws AwsError `InvalidDefinition` */
export function parseTask(
  name: string,
  fields: DefinitionFields,
  integrations: IntegrationShapes,
  anyState: readonly string[],
): TaskState {
  fields.only([...anyState, ...TASK_FIELDS], 'a Task state');
  const integration = parseResource(fields, integrations);
  const heartbeatSeconds = parseSeconds(fields, 'HeartbeatSeconds');
  if (heartbeatSeconds !== undefined && integrations[integration]?.waitsForToken !== true) {
    throw fields.problem(
      'Field "HeartbeatSeconds" is not supported in a Task state that waits for no token',
      'HeartbeatSeconds',
    );
  }
  return {
    type: 'Task',
    name,
    integration,
    arguments: fields.has('Arguments') ? parseArguments(fields, integration, integrations) : undefined,
    timeoutSeconds: parseSeconds(fields, 'TimeoutSeconds'),
    heartbeatSeconds,
    retry: parseList(fields, 'Retry', parseRetrier),
    catch: parseList(fields, 'Catch', parseCatcher),
    next: parseNext(fields),
    ...fields.assigning({ result: true }),
  };
}

function parseResource(fields: DefinitionFields, integrations: IntegrationShapes): string {
  const resource = fields.string('Resource');
  const integration = /^arn:[a-z-]+:states:::(.+)$/.exec(resource)?.[1];
  if (integration !== undefined && Object.hasOwn(integrations, integration)) return integration;
  throw fields.problem(
    `The integration ${JSON.stringify(resource)} is not supported; the local AWS has ${Object.keys(integrations).join(', ')}`,
    'Resource',
  );
}

function parseSeconds(fields: DefinitionFields, name: string): number | string | undefined {
  if (typeof fields.get(name) === 'string') return fields.expression(name);
  return fields.number(name, { min: 1, max: 99_999_999 });
}

function parseArguments(
  fields: DefinitionFields,
  integration: string,
  integrations: IntegrationShapes,
): Json {
  const template = fields.template('Arguments');
  if (typeof template === 'string' && isExpression(template)) return template;
  const literal = new DefinitionFields(template, `${fields.path}/Arguments`);
  const shape = integrations[integration];
  const problem = shape && argumentsProblem(shape, template as JsonObject);
  if (problem !== undefined) throw literal.problem(problem);
  return template;
}

function parseList<T>(
  fields: DefinitionFields,
  name: string,
  parse: (item: DefinitionFields, isLast: boolean) => T,
): readonly T[] {
  const value = fields.get(name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw fields.problem('Expected an array', name);
  return value.map((item: unknown, index) =>
    parse(new DefinitionFields(item, `${fields.path}/${name}[${index}]`), index === value.length - 1),
  );
}

const RETRIER_FIELDS = [
  'Comment',
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
];

function parseRetrier(fields: DefinitionFields, isLast: boolean): Retrier {
  fields.only(RETRIER_FIELDS, 'a Retrier');
  const intervalSeconds = fields.number('IntervalSeconds', { min: 1, max: 99_999_999 }) ?? 1;
  const maxDelaySeconds = fields.number('MaxDelaySeconds', { min: 1, max: 31_622_400 });
  if (maxDelaySeconds !== undefined && maxDelaySeconds <= intervalSeconds) {
    throw fields.problem('MaxDelaySeconds must be greater than IntervalSeconds', 'MaxDelaySeconds');
  }
  const jitterStrategy = fields.get('JitterStrategy') ?? 'NONE';
  if (jitterStrategy !== 'NONE' && jitterStrategy !== 'FULL') {
    throw fields.problem('Expected "NONE" or "FULL"', 'JitterStrategy');
  }
  return {
    errorEquals: parseErrorEquals(fields, isLast),
    intervalSeconds,
    maxAttempts: fields.number('MaxAttempts', { min: 0, max: 99_999_999 }) ?? 3,
    backoffRate: fields.number('BackoffRate', { min: 1, max: Number.MAX_VALUE, whole: false }) ?? 2,
    maxDelaySeconds,
    jitterStrategy,
  };
}

function parseCatcher(fields: DefinitionFields, isLast: boolean): Catcher {
  fields.only(['Comment', 'ErrorEquals', 'Next', 'Assign', 'Output'], 'a Catcher');
  return {
    errorEquals: parseErrorEquals(fields, isLast),
    next: fields.string('Next'),
    ...fields.assigning({ errorOutput: true }),
  };
}

function parseErrorEquals(fields: DefinitionFields, isLast: boolean): readonly string[] {
  const names = fields.array('ErrorEquals').map((name) => {
    if (typeof name !== 'string') throw fields.problem('Expected strings', 'ErrorEquals');
    return name;
  });
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    throw fields.problem('States.ALL must be the only name, in the last item', 'ErrorEquals');
  }
  return names;
}
