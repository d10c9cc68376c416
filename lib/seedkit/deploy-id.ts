import { createHash } from 'node:crypto';

import { CodeseederError } from '../contract/index.js';

const LENGTH = 6;

/** Returns six letters that are derived from the seedkit's name, so every synthesis has the same. */
export function deployIdOf(seedkit: string): string {
  const digest = createHash('sha256').update(seedkit).digest();
  return Array.from(digest.subarray(0, LENGTH), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
}

/** Returns the deploy id. @throws CodeseederError `InvalidRequest` if it is not six lower-case letters */
export function parseDeployId(value: string): string {
  if (/^[a-z]{6}$/.test(value)) return value;
  throw new CodeseederError(
    'InvalidRequest',
    `The deploy id ${JSON.stringify(value)} is not valid: it is six lower-case letters, such as ${JSON.stringify(deployIdOf('demo'))}.`,
  );
}
