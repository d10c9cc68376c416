import { isDeepStrictEqual } from 'node:util';

import type { Clock } from '../clock.js';
import { invalid, type Scope } from './intrinsics.js';
import type { JsonObject, ProvidedResource } from '../resources/resource-provider.js';
import type { StackJournal } from './stack-journal.js';
import type { PlannedResource, StackPlan } from './stack-plan.js';
import type { StackOutput, StackResourceRecord, UnrecordedResource } from './stack-record.js';
import type { ProviderOf, StackResourceProvider, StackResourceRequest } from './stack-resource-provider.js';
import type { StackStore } from './stack-store.js';
import { messageOf } from './template-problems.js';

/** The objects that an operation on a stack uses. */
export interface StackOperation {
  readonly journal: StackJournal;
  readonly providerOf: ProviderOf;
  readonly store: StackStore;
  readonly clock: Clock;
  /** Called when the stack's status shows that the operation is in progress. */
  readonly begun?: (() => void) | undefined;
}

/** One change that an operation made to a resource. A rollback reverts it. */
export interface AppliedStep {
  readonly logicalId: string;
  /** The resource before the change; undefined if the operation created it. */
  readonly former?: StackResourceRecord;
}

/** Thrown if creating or changing a resource failed. The operation on the stack then fails, too. */
export class ResourceFailure extends Error {
  readonly logicalId: string;

  constructor(logicalId: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.logicalId = logicalId;
  }
}

/**
 * Creates and updates a stack's resources, each after its dependencies. Skips resources whose resolved properties are
 * unchanged.
 *
 * @param done receives each step once it is made, so that the caller can roll back after a failure
 * @throws ResourceFailure
 */
export async function applyResources(
  plan: StackPlan,
  operation: StackOperation,
  done: AppliedStep[],
): Promise<Scope> {
  const scope = plan.scope(false, (logicalId) => providedOf(recordOf(operation.journal, logicalId)));
  for (const resource of plan.resources) {
    try {
      await applyResource(resource, plan, scope, operation, done);
    } catch (error) {
      throw new ResourceFailure(resource.logicalId, error);
    }
  }
  return scope;
}

async function applyResource(
  resource: PlannedResource,
  plan: StackPlan,
  scope: Scope,
  operation: StackOperation,
  done: AppliedStep[],
): Promise<void> {
  const { logicalId, type } = resource;
  const { journal } = operation;
  const former = recordOf(journal, logicalId);
  const current = providedOf(former);
  const described = { logicalId, type, retained: isRetained(resource) };
  let properties: JsonObject;
  try {
    properties = plan.properties(resource, scope);
  } catch (error) {
    await journal.resource(
      { attributes: {}, properties: {}, ...former, ...described },
      current === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED',
      messageOf(error),
    );
    throw error;
  }
  if (former !== undefined && current !== undefined) {
    const isSame = former.status.endsWith('_COMPLETE') && isDeepStrictEqual(former.properties, properties);
    if (isSame) return journal.retention(logicalId, described.retained);
    done.push({ logicalId, former });
    return updateResource(operation, current, { ...former, ...described }, former.properties, properties);
  }
  done.push({ logicalId });
  const created = { ...described, attributes: {}, properties };
  await recorded(journal, 'CREATE', created, properties, () =>
    providerFor(operation, type).create(resourceRequest(operation, created)),
  );
}

/**
 * Updates a resource. If its provider returns another physical id, also deletes the resource with the former id, as
 * CloudFormation does.
 */
export async function updateResource(
  operation: StackOperation,
  current: ProvidedResource,
  before: UnrecordedResource,
  former: JsonObject,
  properties: JsonObject,
): Promise<void> {
  const provider = providerFor(operation, before.type);
  const requestWith = (wanted: JsonObject) => resourceRequest(operation, { ...before, properties: wanted });
  await recorded(operation.journal, 'UPDATE', before, properties, async () => {
    const updated = await provider.update(current, requestWith(properties), former);
    const [one, other] = [updated.physicalId, current.physicalId];
    const isReplaced = one !== other && provider.isSame?.(one, other) !== true;
    if (isReplaced) await provider.delete(current, requestWith(former));
    return updated;
  });
}

/** Returns whether a resource is kept when it is removed from its stack. */
export function isRetained({ template }: PlannedResource): boolean {
  return (template.DeletionPolicy ?? 'Delete') !== 'Delete';
}

/**
 * Runs one step of an operation. Records the resource's status as in progress before it, and as complete or failed
 * after it.
 */
async function recorded(
  journal: StackJournal,
  verb: 'CREATE' | 'UPDATE',
  before: UnrecordedResource,
  properties: JsonObject,
  step: () => Promise<ProvidedResource>,
): Promise<void> {
  await journal.resource(before, `${verb}_IN_PROGRESS`);
  try {
    const { physicalId, attributes, isAdopted: existed } = await step();
    const isAdopted = verb === 'CREATE' ? existed : before.isAdopted;
    await journal.resource({ ...before, physicalId, attributes, isAdopted, properties }, `${verb}_COMPLETE`);
  } catch (error) {
    await journal.resource(before, `${verb}_FAILED`, messageOf(error));
    throw error;
  }
}

/**
 * Returns the outputs of a stack whose resources exist.
 * @throws Error when another stack has an export of the same name, or an export that other stacks import would be
 * removed
 */
export async function checkedOutputs(
  plan: StackPlan,
  scope: Scope,
  { journal, store }: StackOperation,
): Promise<readonly StackOutput[]> {
  const outputs = plan.outputs(scope);
  const names = new Set(outputs.map((output) => output.exportName));
  const taken = (await store.exports()).find(
    (known) => names.has(known.exportName) && known.stackId !== plan.identity.stackId,
  );
  if (taken !== undefined) {
    throw invalid(`Export with name ${taken.exportName} is already exported by stack ${taken.stackName}`);
  }
  for (const { exportName } of journal.record.outputs) {
    if (exportName !== undefined && !names.has(exportName)) await refuseWhenImported(store, exportName);
  }
  return outputs;
}

/** Refuses to delete an export that other stacks import. @throws LocalAwsError `InvalidTemplate` */
export async function refuseWhenImported(store: StackStore, exportName: string): Promise<void> {
  const importers = await store.importersOf(exportName);
  if (importers.length === 0) return;
  throw invalid(`Export ${exportName} cannot be deleted as it is in use by ${importers.join(', ')}`);
}

export function recordOf(journal: StackJournal, logicalId: string): StackResourceRecord | undefined {
  return journal.record.resources.find((resource) => resource.logicalId === logicalId);
}

/** Returns the resource as its provider returned it; undefined if it was never created. */
export function providedOf(record: StackResourceRecord | undefined): ProvidedResource | undefined {
  if (record?.physicalId === undefined) return undefined;
  return { physicalId: record.physicalId, attributes: record.attributes };
}

export function providerFor({ providerOf }: StackOperation, type: string): StackResourceProvider {
  const provider = providerOf(type);
  if (provider === undefined)
    throw new Error(
      `The local AWS does not support the resource type ${type}. dist/lib/local/template/README.md of the package codeseeder lists the supported types`,
    );
  return provider;
}

export function resourceRequest(
  { journal }: StackOperation,
  { logicalId, type, properties }: UnrecordedResource,
): StackResourceRequest {
  const { stackName, stackId } = journal.record;
  return { stackName, stackId, logicalId, resourceType: type, properties };
}
