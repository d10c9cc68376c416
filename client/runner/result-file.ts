import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/codeseeder-error.js';
import { findJsonFault } from '../../lib/contract/json-value.js';
import { RESULT_MAX_BYTES } from '../../lib/contract/limits.js';
import { RESULT_FILE } from '../../lib/contract/object-keys.js';
import type { RunResult } from '../../lib/contract/run-result.js';

/**
 * Returns the JSON text of a value that the target returned. For `undefined`, the result has no member `value`.
 * @throws CodeseederError `ResultNotJson` or `ResultTooLarge`, with the path inside the value
 */
export function renderValue(value: unknown): string {
  const fault = value === undefined ? undefined : findJsonFault(value, 'value', RESULT_MAX_BYTES);
  if (fault?.kind === 'notJson') {
    throw new CodeseederError(
      'ResultNotJson',
      `The returned value is not JSON: ${fault.path} ${fault.problem}.`,
    );
  }
  if (fault?.kind === 'tooLarge') throw tooLarge(fault.problem);
  const text = JSON.stringify({ ok: true, value });
  if (Buffer.byteLength(text) > RESULT_MAX_BYTES) throw tooLarge(`${RESULT_MAX_BYTES} bytes`);
  return text;
}

export function renderFailure(failure: RunResult & { ok: false }): string {
  return JSON.stringify(failure);
}

/** Writes the result atomically. Synchronous, so that it works while the process exits. */
export function writeResult(outputFolder: string, text: string): void {
  mkdirSync(outputFolder, { recursive: true });
  const unfinished = path.join(outputFolder, `.${RESULT_FILE}.${process.pid}`);
  writeFileSync(unfinished, text);
  renameSync(unfinished, path.join(outputFolder, RESULT_FILE));
}

function tooLarge(limit: string): CodeseederError {
  return new CodeseederError(
    'ResultTooLarge',
    `The returned value is larger than ${limit} as JSON. Write it to $CODESEEDER_OUTPUT_DIR or S3 and return its location.`,
  );
}
