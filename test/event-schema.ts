import { readFileSync } from 'node:fs';

import { Ajv, type ValidateFunction } from 'ajv';

/** Times have a pattern, too, so the format itself is not checked. */
const ajv = new Ajv({ allErrors: true, formats: { 'date-time': true } });
const compiled = new Map<string, ValidateFunction>();

/**
 * Returns the faults of an event's detail by the schema that the package has for it. A member that the schema does not
 * have is a fault, too.
 */
export function faultsOfEvent(detailType: string, detail: unknown): readonly string[] {
  const file = `schemas/${detailType.toLowerCase().replaceAll(' ', '-')}.json`;
  const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
  const validate = compiled.get(file) ?? ajv.compile({ ...schema, additionalProperties: false });
  compiled.set(file, validate);
  validate(detail);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
