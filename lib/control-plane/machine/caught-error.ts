import type { CatchProps } from 'aws-cdk-lib/aws-stepfunctions';

import { jsonata } from './jsonata.js';

/** Lambda's cause has the stack in it; more than this would crowd out the request in a state's payload. */
const CAUSE_MAX_CHARACTERS = 32_768;

/** The variable `caught` as `collect-outcome` takes it: three strings. */
export function caught(state: string, error: string, cause: string) {
  return { caught: { state, error, cause } };
}

/** Keeps what a state failed with in the variable `caught`, always as strings: Error and Cause may be missing. */
export function catchInto(state: string, errors?: string[]): CatchProps {
  const text = (field: string) =>
    `$exists($states.errorOutput.${field}) ? $substring($string($states.errorOutput.${field}), 0, ${CAUSE_MAX_CHARACTERS}) : ""`;
  return {
    ...(errors === undefined ? {} : { errors }),
    assign: caught(state, jsonata(text('Error')), jsonata(text('Cause'))),
    outputs: {},
  };
}
