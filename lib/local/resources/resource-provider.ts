/** JSON of a template, with its intrinsic functions resolved. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface ResourceRequest {
  readonly stackName: string;
  readonly logicalId: string;
  /** Resolved, with only the properties that the provider declares. */
  readonly properties: JsonObject;
}

export interface ProvidedResource {
  /** The value of `Ref`. */
  readonly physicalId: string;
  /** The values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, Json>>;
}

/**
 * Creates, updates and deletes resources of one CloudFormation type. The applier refuses a template with a property
 * that is neither modelled nor harmless, because ignoring it would change behaviour.
 */
export interface ResourceProvider {
  /** Such as `AWS::S3::Bucket`. */
  readonly type: string;
  /** Top-level properties that the provider implements. */
  readonly modelled: readonly string[];
  /** Top-level properties that can be ignored on a developer's machine, and why. */
  readonly harmless: Readonly<Record<string, string>>;
  /** @throws Error naming an unsupported value inside a modelled property */
  check?(request: ResourceRequest): void;
  create(request: ResourceRequest): Promise<ProvidedResource>;
  /**
   * Updates a resource in place and keeps its data. If it returns another physical id, because the name changed, the applier
   * then deletes the resource with the former one.
   */
  update(current: ProvidedResource, request: ResourceRequest): Promise<ProvidedResource>;
  /** Deletes a resource. One that is gone already is no error. */
  delete(current: ProvidedResource): Promise<void>;
}
