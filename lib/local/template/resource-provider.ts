/** JSON as a template has it once its intrinsic functions are resolved. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface ResourceRequest {
  readonly stackName: string;
  readonly logicalId: string;
  /** Resolved, and made of properties that the provider declares. */
  readonly properties: JsonObject;
}

export interface ProvidedResource {
  /** What `Ref` gives. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, Json>>;
}

/**
 * Creates, changes and deletes resources of one CloudFormation type. A property that is neither modelled nor
 * listed as harmless is refused by name before anything is created, because ignoring it would change behaviour.
 */
export interface ResourceProvider {
  /** Such as `AWS::S3::Bucket`. */
  readonly type: string;
  /** Top-level properties whose meaning the provider keeps. */
  readonly modelled: readonly string[];
  /** Top-level properties that may be left aside on a laptop, and why. */
  readonly harmless: Readonly<Record<string, string>>;
  /** @throws Error naming what is unsupported inside a modelled property */
  check?(request: ResourceRequest): void;
  create(request: ResourceRequest): Promise<ProvidedResource>;
  /** Changes a resource in place; its data stays. */
  update(current: ProvidedResource, request: ResourceRequest): Promise<ProvidedResource>;
  delete(current: ProvidedResource, properties: JsonObject): Promise<void>;
}
