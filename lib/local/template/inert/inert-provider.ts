import { randomBytes } from 'node:crypto';

import type { ProvidedResource, ResourceProvider, ResourceRequest } from '../resource-provider.js';

export interface InertType {
  readonly type: string;
  /** Why leaving the properties aside changes nothing on a laptop. */
  readonly reason: string;
  readonly properties: readonly string[];
  /**
   * What the resource is known by.
   * @param physicalId what it was known by so far; undefined when it is new
   */
  readonly describe: (request: ResourceRequest, physicalId: string | undefined) => ProvidedResource;
}

/** A resource that does nothing here, but that others name: it has the identity it would have in an account. */
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

/** A property that names the resource, or undefined where CloudFormation makes up a name. */
export function givenName({ properties }: ResourceRequest, property: string): string | undefined {
  const name = properties[property];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** A name as CloudFormation makes it: stack, logical id and a suffix, cut from the front parts when too long. */
export function generatedName({ stackName, logicalId }: ResourceRequest, maxLength: number): string {
  const suffix = randomIdentifier(12);
  const room = maxLength - suffix.length - 2;
  const idPart = logicalId.slice(0, Math.max(room - stackName.length, Math.floor(room / 2)));
  return `${stackName.slice(0, room - idPart.length)}-${idPart}-${suffix}`;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Upper-case letters and digits, as in the ids of IAM. */
export function randomIdentifier(length: number): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
