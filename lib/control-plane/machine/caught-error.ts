import type { CatchProps } from 'aws-cdk-lib/aws-stepfunctions';

import { definedOnly } from '../../contract/defined-only.js';
import { jsonata } from './jsonata.js';

/**
 * Lambda's cause contains a stack. Together with the request, a longer cause could exceed the 256 KiB limit of a
 * state's payload.
 */
const CAUSE_MAX_CHARACTERS = 32_768;

/** Returns the assignment of the variable `caught`, which `collect-outcome` reads: three strings. */
export function caught(state: string, error: string, cause: string) {
  return { caught: { state, error, cause } };
}

/**
 * Returns a catch that sets the variable `caught`. Its members are always strings, although Error and Cause may be
 * absent.
 */
export function catchAsVariable(state: string, errors?: string[]): CatchProps {
  const text = (field: string) =>
    `$exists($states.errorOutput.${field}) ? $substring($string($states.errorOutput.${field}), 0, ${CAUSE_MAX_CHARACTERS}) : ""`;
  return {
    ...definedOnly({ errors }),
    assign: caught(state, jsonata(text('Error')), jsonata(text('Cause'))),
    outputs: {},
  };
}
