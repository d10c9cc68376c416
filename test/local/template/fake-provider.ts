import type {
  JsonObject,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../../../lib/local/resources/resource-provider.js';

export interface FakeProvider extends ResourceProvider {
  /** The steps so far, such as `create Table`. */
  readonly steps: string[];
  /** The existing resources by physical id. */
  readonly existing: Map<string, JsonObject>;
  /** Makes the step fail from now on. */
  failAt(step: string, reason: string): void;
  recover(): void;
}

/** A resource type `Test::Thing` with the properties `Value`, `Name`, which replaces the physical id, and `Note`, which has no effect. */
export function aFakeProvider(overrides: Partial<ResourceProvider> = {}): FakeProvider {
  const steps: string[] = [];
  const existing = new Map<string, JsonObject>();
  const failures = new Map<string, string>();

  function take(step: string): void {
    steps.push(step);
    const reason = failures.get(step);
    if (reason !== undefined) throw new Error(reason);
  }

  function provide({ logicalId, properties }: ResourceRequest, physicalId: string): ProvidedResource {
    existing.set(physicalId, properties);
    return { physicalId, attributes: { Arn: `arn:aws:test:::${physicalId}`, Id: logicalId } };
  }

  return {
    type: 'Test::Thing',
    modelled: ['Name', 'Value'],
    harmless: { Note: 'nobody reads it' },
    steps,
    existing,
    failAt: (step, reason) => void failures.set(step, reason),
    recover: () => failures.clear(),
    async create(request) {
      take(`create ${request.logicalId}`);
      return provide(request, `thing-${request.logicalId}`);
    },
    async update(current, request) {
      take(`update ${request.logicalId}`);
      const { Name: name } = request.properties;
      return provide(request, typeof name === 'string' ? name : current.physicalId);
    },
    async delete(current) {
      take(`delete ${current.physicalId.replace('thing-', '')}`);
      existing.delete(current.physicalId);
    },
    ...overrides,
  };
}
