import { readFileSync } from 'node:fs';

import { Ajv, type ValidateFunction } from 'ajv';

/** The format `date-time` is not checked, because the schemas also have a pattern for times. */
const ajv = new Ajv({ allErrors: true, formats: { 'date-time': true } });
const compiled = new Map<string, ValidateFunction>();

/**
 * Returns the differences between the detail of an event and its published JSON schema. A member that the schema does
 * not have is reported, too.
 */
export function faultsOfEvent(detailType: string, detail: unknown): readonly string[] {
  const validate = compiled.get(detailType) ?? compile(detailType);
  compiled.set(detailType, validate);
  validate(detail);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function compile(detailType: string): ValidateFunction {
  const file = `schemas/${detailType.toLowerCase().replaceAll(' ', '-')}.json`;
  const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
  return ajv.compile({ ...schema, additionalProperties: false });
}
