import { isTooDeep } from '../../wire/data-depth.js';
import { AwsError } from '../../wire/aws-error.js';
import { DefinitionFields, invalidDefinition } from './definition-fields.js';
import type { Definition, State } from './definition.js';
import type { IntegrationShapes } from './integration.js';
import { parseState } from './parse-state.js';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
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
 * Checks a definition in JSONata mode.
 * @throws AwsError `InvalidDefinition` with the path of the first invalid or unsupported field
 */
export function parseDefinition(json: unknown, options: { integrations: IntegrationShapes }): Definition {
  if (isTooDeep(json)) throw invalidDefinition('The definition is nested too deep', '');
  const fields = new DefinitionFields(json, '');
  fields.only(
    ['Comment', 'StartAt', 'States', 'Version', 'TimeoutSeconds', 'QueryLanguage'],
    'a state machine',
  );
  if (fields.has('Version') && fields.get('Version') !== '1.0') {
    throw fields.problem('Expected "1.0"', 'Version');
  }
  const queryLanguage = fields.get('QueryLanguage') ?? 'JSONPath';
  const timeoutSeconds = fields.number('TimeoutSeconds', { min: 1, max: 99_999_999 });
  const states = parseStates(fields, queryLanguage, options.integrations);
  const startAt = fields.string('StartAt');
  checkTransitions(startAt, states);
  return { startAt, states, timeoutSeconds };
}

function parseStates(
  fields: DefinitionFields,
  queryLanguage: unknown,
  integrations: IntegrationShapes,
): Map<string, State> {
  const states = fields.get('States');
  const { path } = new DefinitionFields(states, '/States');
  return new Map(
    Object.entries(states as object).map(([name, state]) => {
      if (name.length > 80)
        throw invalidDefinition('A state name has at most 80 characters', `${path}/${name}`);
      return [
        name,
        parseState(name, new DefinitionFields(state, `${path}/${name}`), queryLanguage, integrations),
      ];
    }),
  );
}

function checkTransitions(startAt: string, states: ReadonlyMap<string, State>): void {
  const reached = new Set<string>();
  const open: { to: string; path: string }[] = [{ to: startAt, path: '/StartAt' }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const state = states.get(step.to);
    if (state === undefined) {
      throw invalidDefinition(`Missing 'Next' target: ${step.to}`, step.path, 'MISSING_TRANSITION_TARGET');
    }
    if (reached.has(step.to)) continue;
    reached.add(step.to);
    open.push(...transitionsOf(state));
  }
  const unreached = [...states.keys()].find((name) => !reached.has(name));
  if (unreached !== undefined) {
    const problem = `State "${unreached}" is not reachable.`;
    throw invalidDefinition(problem, `/States/${unreached}`, 'MISSING_TRANSITION_TARGET');
  }
}

/** Returns all transitions out of a state, with the paths of their fields. */
export function transitionsOf(state: State): { to: string; path: string }[] {
  const at = `/States/${state.name}`;
  const next = 'next' in state && state.next !== undefined ? [{ to: state.next, path: `${at}/Next` }] : [];
  if (state.type === 'Task') {
    return [
      ...next,
      ...state.catch.map(({ next: to }, index) => ({ to, path: `${at}/Catch[${index}]/Next` })),
    ];
  }
  if (state.type === 'Choice') {
    const ways = state.choices.map(({ next: to }, index) => ({ to, path: `${at}/Choices[${index}]/Next` }));
    return state.default === undefined ? ways : [...ways, { to: state.default, path: `${at}/Default` }];
  }
  return next;
}
