import type {
  JsonObject,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../resources/resource-provider.js';

/** A request with CloudFormation's own data of the resource. */
export interface StackResourceRequest extends ResourceRequest {
  readonly stackId: string;
  readonly resourceType: string;
}

/** Handles the resources of a type, or of a family of types, for the applier. */
export interface StackResourceProvider {
  /** Whether the provider models a property, or has a reason to ignore it. */
  takes(property: string): boolean;
  check(request: StackResourceRequest): void;
  create(request: StackResourceRequest): Promise<ProvidedResource>;
  update(
    current: ProvidedResource,
    request: StackResourceRequest,
    former: JsonObject,
  ): Promise<ProvidedResource>;
  delete(current: ProvidedResource, request: StackResourceRequest): Promise<void>;
}

/** Finds the provider of a type. */
export type ProviderOf = (type: string) => StackResourceProvider | undefined;

/**
 * @param custom handles `Custom::...` and `AWS::CloudFormation::CustomResource`, except for types that have a
 *   provider of their own
 * @throws Error when two providers declare the same type
 */
export function providerRegistry(
  providers: readonly ResourceProvider[],
  custom?: StackResourceProvider,
): ProviderOf {
  const byType = new Map<string, StackResourceProvider>();
  for (const provider of providers) {
    if (byType.has(provider.type)) throw new Error(`Two providers of ${provider.type}`);
    byType.set(provider.type, adapted(provider));
  }
  return (type) => byType.get(type) ?? (isCustom(type) ? custom : undefined);
}

function isCustom(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

function adapted(provider: ResourceProvider): StackResourceProvider {
  const properties = new Set([...provider.modelled, ...Object.keys(provider.harmless)]);
  return {
    takes: (property) => properties.has(property),
    check: (request) => provider.check?.(request),
    create: (request) => provider.create(request),
    update: (current, request) => provider.update(current, request),
    delete: (current, request) => provider.delete(current, request.properties),
  };
}
