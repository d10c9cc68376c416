import type { TaskState } from './definition.js';
import { invalidDefinition, readFields } from './definition-fields.js';
import { isExpression } from './expression.js';
import { argumentsProblem, type IntegrationShapes } from './integration.js';
import { STATE_SCHEMAS } from './state-schemas.js';

/** Parses a Task state. @throws AwsError `InvalidDefinition` */
export function parseTask(
  name: string,
  value: unknown,
  path: string,
  integrations: IntegrationShapes,
): TaskState {
  const state = readFields(STATE_SCHEMAS.Task, value, path);
  const integration = /^arn:[a-z-]+:states:::(.+)$/.exec(state.resource)?.[1] ?? '';
  const shape = Object.hasOwn(integrations, integration) ? integrations[integration] : undefined;
  if (shape === undefined) {
    throw invalidDefinition(
      `The integration ${JSON.stringify(state.resource)} is not supported; the local AWS has ${Object.keys(integrations).join(', ')}`,
      `${path}/Resource`,
    );
  }
  if (state.heartbeatSeconds !== undefined && shape.waitsForToken !== true) {
    throw invalidDefinition(
      'Field "HeartbeatSeconds" is not supported in a Task state that waits for no token',
      `${path}/HeartbeatSeconds`,
    );
  }
  const { arguments: args } = state;
  if (args !== undefined && !(typeof args === 'string' && isExpression(args))) {
    const problem = argumentsProblem(shape, args);
    if (problem !== undefined) throw invalidDefinition(problem, `${path}/Arguments`);
  }
  return { ...state, name, integration };
}
