/** A JSON value of a template whose intrinsic functions are resolved. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface ResourceRequest {
  readonly stackName: string;
  readonly logicalId: string;
  /** The properties of the resource, with intrinsic functions resolved. */
  readonly properties: JsonObject;
}

export interface ProvidedResource {
  /** The value of `Ref`. */
  readonly physicalId: string;
  /** The values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, Json>>;
  /**
   * Whether the resource existed before it was created, such as a table that a deleted stack retained. The rollback of
   * the creation keeps it. @default false
   */
  readonly isAdopted?: boolean;
}

/**
 * Creates, updates and deletes resources of one CloudFormation type. A template with a property that is neither
 * modelled nor harmless is refused, because ignoring it could change the behaviour.
 */
export interface ResourceProvider {
  /** The resource type, such as `AWS::S3::Bucket`. */
  readonly type: string;
  /** Top-level properties that the provider implements. */
  readonly modelled: readonly string[];
  /** Top-level properties that can be ignored in a local AWS, each with the reason. */
  readonly harmless: Readonly<Record<string, string>>;
  /** @throws Error naming an unsupported value inside a modelled property */
  check?(request: ResourceRequest): void;
  create(request: ResourceRequest): Promise<ProvidedResource>;
  /**
   * Updates a resource in place and keeps its data. If the result has another physical id, for example because the
   * name changed, the caller deletes the resource with the former id.
   * @param former the properties before the update
   */
  update(current: ProvidedResource, request: ResourceRequest, former?: JsonObject): Promise<ProvidedResource>;
  /**
   * Returns whether two physical ids are of the same resource. A queue's URL has the port, which may differ after a
   * restart.
   * @default equal ids are
   */
  isSame?(one: string, other: string): boolean;
  /** Deletes a resource. Does nothing if it no longer exists. */
  delete(current: ProvidedResource): Promise<void>;
}
