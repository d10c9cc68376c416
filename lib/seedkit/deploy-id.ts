import { deployIdOf } from '../contract/deploy-id.js';
import { CodeseederError } from '../contract/index.js';

/** Returns the deploy id. @throws CodeseederError `InvalidRequest` if it is not six lower-case letters */
export function parseDeployId(value: string): string {
  if (/^[a-z]{6}$/.test(value)) return value;
  throw new CodeseederError(
    'InvalidRequest',
    `The deploy id ${JSON.stringify(value)} is not valid: it is six lower-case letters, such as ${JSON.stringify(deployIdOf('demo'))}.`,
  );
}
