import { z } from 'zod';

import { isTooDeep } from '../../wire/data-depth.js';
import { AwsError } from '../../wire/aws-error.js';
import { checkVariables } from './check-variables.js';
import type { Definition } from './definition.js';
import { fields, invalidDefinition, number, readFields } from './definition-fields.js';
import type { IntegrationShapes } from './integration.js';
import { parseGraph } from './parse-graph.js';
import { GRAPH } from './state-schemas.js';

const machineSchema = fields('a state machine', {
  ...GRAPH,
  Version: z.literal('1.0', 'Expected "1.0"').optional(),
  TimeoutSeconds: number({ min: 1, max: 99_999_999 }).optional(),
  QueryLanguage: z.unknown().default('JSONPath'),
});

/**
 * Maximum size of a definition.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const DEFINITION_MAX_BYTES = 1_048_576;

/**
 * Parses and checks the JSON text of a definition.
 * @throws AwsError `InvalidDefinition` with the path of the first invalid or unsupported field
 */
export function parseDefinitionText(text: string, options: { integrations: IntegrationShapes }): Definition {
  if (Buffer.byteLength(text) > DEFINITION_MAX_BYTES) {
    throw invalidDefinition(`The definition is larger than ${DEFINITION_MAX_BYTES} bytes`, '');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidDefinition',
      `Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: ${(error as Error).message}'`,
    );
  }
  return parseDefinition(json, options);
}

/**
 * Parses and checks a definition in JSONata mode.
 * @throws AwsError `InvalidDefinition` with the path of the first invalid or unsupported field
 */
export function parseDefinition(json: unknown, options: { integrations: IntegrationShapes }): Definition {
  if (isTooDeep(json)) throw invalidDefinition('The definition is nested too deeply', '');
  const { queryLanguage, timeoutSeconds, ...states } = readFields(machineSchema, json, '');
  const { integrations } = options;
  const graph = parseGraph(states, '', { queryLanguage, integrations, labels: new Set() });
  checkVariables(graph);
  return { ...graph, timeoutSeconds };
}
