import { randomBytes } from 'node:crypto';

import type { ResourceRequest } from './resource-provider.js';

/**
 * Returns the name of a resource: from its properties if they have one, otherwise the current name, otherwise a
 * generated name.
 * @param property the property that contains the name
 */
export function resourceName(
  request: ResourceRequest,
  property: string,
  maxLength: number,
  current?: string,
): string {
  const name = request.properties[property];
  if (typeof name === 'string' && name !== '') return name;
  return current ?? generatedName(request, maxLength);
}

/**
 * Returns a name as CloudFormation generates it: stack name, logical id and a random suffix. Shortens the first two
 * if necessary.
 */
export function generatedName({ stackName, logicalId }: ResourceRequest, maxLength: number): string {
  const suffix = randomIdentifier(12);
  const room = maxLength - suffix.length - 2;
  const idPart = logicalId.slice(0, Math.max(room - stackName.length, Math.floor(room / 2)));
  return `${stackName.slice(0, room - idPart.length)}-${idPart}-${suffix}`;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Returns upper-case letters and digits, as in the ids of IAM. */
export function randomIdentifier(length: number): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
