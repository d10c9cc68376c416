import { randomBytes } from 'node:crypto';

import type { ProvidedResource, ResourceProvider, ResourceRequest } from './resource-provider.js';

export interface InertType {
  readonly type: string;
  /** Why ignoring the properties changes nothing on a developer's machine. */
  readonly reason: string;
  readonly properties: readonly string[];
  /**
   * Returns the resource's id and attributes.
   * @param physicalId the resource's current id; undefined for a new resource
   */
  readonly describe: (request: ResourceRequest, physicalId: string | undefined) => ProvidedResource;
}

/** Returns a provider of resources that other resources refer to, but that do nothing. */
export function inertProvider({ type, reason, properties, describe }: InertType): ResourceProvider {
  return {
    type,
    modelled: [],
    harmless: Object.fromEntries(properties.map((property) => [property, reason])),
    create: async (request) => describe(request, undefined),
    update: async (current, request) => describe(request, current.physicalId),
    delete: async () => {},
  };
}

/** Returns the name in the resource's properties, or undefined where CloudFormation generates one. */
export function declaredName({ properties }: ResourceRequest, property: string): string | undefined {
  const name = properties[property];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Returns a name in CloudFormation's form: stack, logical id and a suffix. Shortens the first two parts. */
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
