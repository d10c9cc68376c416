/** Makes the JSON schemas of events in `schemas/`, from the contract and its docstrings. */
import type ts from 'typescript';
import { z } from 'zod';

import {
  MAP_STATE_CHANGE,
  mapStateChangeSchema,
  requestedRunSchema,
  RUN_REFUSED,
  RUN_REQUESTED,
  RUN_STATE_CHANGE,
  runRefusedSchema,
  runStateChangeSchema,
} from '../../lib/contract/index.js';
import { literalMembers } from './declarations.js';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** An event: the schema of its detail, and where the docstrings of the detail's members are. */
interface DescribedEvent {
  readonly detailType: string;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly members: readonly (readonly [file: string, constant: string])[];
  /** Constraints between members, which the contract checks by functions. */
  readonly constraints?: JsonSchema;
}

const RECORD = 'lib/contract/run-record.ts';
const EVENT = 'lib/contract/run-event.ts';

const EVENTS: Readonly<Record<string, DescribedEvent>> = {
  'run-state-change.json': {
    detailType: RUN_STATE_CHANGE,
    description:
      'Detail of the event that announces a change of a run. Later versions of codeseeder may add members.',
    schema: runStateChangeSchema,
    members: [[RECORD, 'runRecordSchema']],
  },
  'map-state-change.json': {
    detailType: MAP_STATE_CHANGE,
    description:
      'Detail of the event that announces a change of a map. Later versions of codeseeder may add members.',
    schema: mapStateChangeSchema,
    members: [['lib/contract/maps/map-record.ts', 'mapRecordSchema']],
  },
  'run-requested.json': {
    detailType: RUN_REQUESTED,
    description: 'Detail of the event that requests a run, and content of an object of the inbox.',
    schema: requestedRunSchema,
    members: [['lib/contract/run-request.ts', 'requestedRunSchema']],
    constraints: {
      oneOf: [{ required: ['invocation'] }, { required: ['inputKey'] }],
      dependencies: { inputSha256: ['inputKey'], lockMode: ['lock'] },
    },
  },
  'run-refused.json': {
    detailType: RUN_REFUSED,
    description: 'Detail of the event that announces a request that became no run.',
    schema: runRefusedSchema,
    members: [[EVENT, 'runRefusedSchema']],
  },
};

/** Returns the JSON schemas of events as texts, by file name, before formatting. */
export function eventSchemas(program: ts.Program): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(EVENTS).map(([file, event]) => [file, JSON.stringify(schemaOf(event, program), null, 2)]),
  );
}

function schemaOf(
  { detailType, description, schema, members, constraints }: DescribedEvent,
  program: ts.Program,
): JsonSchema {
  // With `io: 'input'`, a schema accepts members that are added later, except where the contract refuses unknown
  // members.
  const { $schema, ...made } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => simplify(jsonSchema, path.at(-1)),
  });
  const docs = new Map(
    members.flatMap(([file, constant]) =>
      literalMembers(program, file, constant).map(({ name, doc }) => [
        name,
        doc.text.replaceAll(/\s+/g, ' '),
      ]),
    ),
  );
  docs.set('version', 'Version of the event.');
  for (const [name, property] of Object.entries(made.properties ?? {})) {
    const text = docs.get(name) ?? '';
    if (text !== '' && typeof property === 'object') property.description = text;
  }
  return { $schema, title: detailType, description, ...made, ...constraints } as JsonSchema;
}

/**
 * Shortens the pattern of a time, which would check the days of each month, and removes keywords that every value
 * meets.
 */
export function simplify(schema: JsonSchema, member: string | number | undefined): void {
  // The contract checks kwargs by a function, so that no property is dropped. A function has no JSON schema.
  if (member === 'kwargs') schema.type = 'object';
  if (schema.format === 'date-time') schema.pattern = TIME;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (JSON.stringify(schema.propertyNames) === '{"type":"string"}') delete schema.propertyNames;
}

const TIME = String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`;
