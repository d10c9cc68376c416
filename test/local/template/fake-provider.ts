import type {
  JsonObject,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../../../lib/local/resources/resource-provider.js';

export interface FakeProvider extends ResourceProvider {
  /** The operations that were called, such as `create Table`. */
  readonly steps: string[];
  /** Properties of the existing resources by physical id. */
  readonly existing: Map<string, JsonObject>;
  /** Makes an operation fail until `recover` is called. */
  failAt(step: string, reason: string): void;
  recover(): void;
}

/**
 * Provides the resource type `Test::Thing`. Its properties are `Value`, `Name`, which is part of the physical id, and
 * `Note`, which has no effect.
 */
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
