import type {
  JsonObject,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../resources/resource-provider.js';
import type { Template } from './template.js';

/** The request for a resource, with data that only CloudFormation has. */
export interface StackResourceRequest extends ResourceRequest {
  readonly stackId: string;
  readonly resourceType: string;
}

/**
 * Creates, updates and deletes the resources of one type, or of several types. Every `ResourceProvider` is one of
 * these.
 */
export interface StackResourceProvider {
  /** Supported properties. @default every property */
  readonly modelled?: ResourceProvider['modelled'];
  readonly harmless?: ResourceProvider['harmless'];
  readonly isSame?: ResourceProvider['isSame'];
  /**
   * Checks a resource before any is created.
   * @param template the template, for what a resource needs of others. Its intrinsic functions are not resolved
   * @throws Error naming an unsupported value inside a property
   */
  check?(request: StackResourceRequest, template: Template): void;
  create(request: StackResourceRequest): Promise<ProvidedResource>;
  update(
    current: ProvidedResource,
    request: StackResourceRequest,
    former: JsonObject,
  ): Promise<ProvidedResource>;
  delete(current: ProvidedResource, request: StackResourceRequest): Promise<void>;
}

/** Finds the provider of a type. */
export interface ProviderOf {
  (type: string): StackResourceProvider | undefined;
  /** The types that have a provider, in alphabetical order. */
  readonly types: readonly string[];
}

/** Returns whether a type is that of a custom resource. */
export function isCustomType(type: string): boolean {
  return /^Custom::|^AWS::CloudFormation::CustomResource$/.test(type);
}

const CUSTOM_TYPES = ['AWS::CloudFormation::CustomResource', 'Custom::*'];

/**
 * Returns the function that finds the provider of a type.
 * @param custom handles `Custom::...` and `AWS::CloudFormation::CustomResource`, except for types that have their own
 * provider
 * @throws Error when two providers declare the same type
 */
export function providerRegistry(
  providers: readonly ResourceProvider[],
  custom?: StackResourceProvider,
): ProviderOf {
  const byType = new Map<string, StackResourceProvider>();
  for (const provider of providers) {
    if (byType.has(provider.type)) throw new Error(`Two providers of ${provider.type}`);
    byType.set(provider.type, provider);
  }
  const types = [...byType.keys(), ...(custom === undefined ? [] : CUSTOM_TYPES)].sort();
  const find = (type: string) => byType.get(type) ?? (isCustomType(type) ? custom : undefined);
  return Object.assign(find, { types });
}
