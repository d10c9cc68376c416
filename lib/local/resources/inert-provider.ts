import type { ProvidedResource, ResourceProvider, ResourceRequest } from './resource-provider.js';

export interface InertType {
  readonly type: string;
  /** The reason why the properties can be ignored in a local AWS. */
  readonly reason: string;
  readonly properties: readonly string[];
  /**
   * Returns the resource's id and attributes.
   * @param physicalId the resource's current id; undefined for a new resource
   * @default the id consists of the stack's name and the logical id, and there are no attributes
   */
  readonly describe?: (request: ResourceRequest, physicalId: string | undefined) => ProvidedResource;
}

/**
 * Returns a provider of resources that have no effect. They exist only so that other resources can refer to them.
 */
export function inertProvider({
  type,
  reason,
  properties,
  describe = byLogicalId,
}: InertType): ResourceProvider {
  return {
    type,
    modelled: [],
    harmless: Object.fromEntries(properties.map((property) => [property, reason])),
    create: async (request) => describe(request, undefined),
    update: async (current, request) => describe(request, current.physicalId),
    delete: async () => {},
  };
}

function byLogicalId({ stackName, logicalId }: ResourceRequest): ProvidedResource {
  return { physicalId: `${stackName}-${logicalId}`, attributes: {} };
}
