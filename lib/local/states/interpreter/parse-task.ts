import type { Json, JsonObject } from '../../resources/resource-provider.js';
import { DefinitionFields, parseNext } from './definition-fields.js';
import type { TaskState } from './definition.js';
import { isExpression } from './expression.js';
import { argumentsProblem } from './integration.js';
import type { IntegrationShapes } from './integration.js';
import { parseRetrying, RETRYING_FIELDS } from './parse-retrying.js';

const TASK_FIELDS = [
  'Resource',
  'Arguments',
  'TimeoutSeconds',
  'HeartbeatSeconds',
  ...RETRYING_FIELDS,
  'Next',
  'End',
  'Assign',
  'Output',
];

const SECONDS = { min: 1, max: 99_999_999 };

/** @throws AwsError `InvalidDefinition` */
export function parseTask(
  name: string,
  fields: DefinitionFields,
  integrations: IntegrationShapes,
  anyState: readonly string[],
): TaskState {
  fields.only([...anyState, ...TASK_FIELDS], 'a Task state');
  const integration = parseResource(fields, integrations);
  const heartbeatSeconds = fields.count('HeartbeatSeconds', SECONDS);
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
    timeoutSeconds: fields.count('TimeoutSeconds', SECONDS),
    heartbeatSeconds,
    ...parseRetrying(fields),
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
