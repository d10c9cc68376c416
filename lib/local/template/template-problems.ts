import { LocalAwsError } from '../local-aws-error.js';
import { handlerProblems } from './bucket-notifications.js';
import { customResourcesOf } from './custom-resource-functions.js';
import type { Scope } from './intrinsics.js';
import type { PlannedResource, StackPlan } from './stack-plan.js';
import type { StackRecord } from './stack-record.js';
import type { ProviderOf } from './stack-resource-provider.js';
import type { Template } from './template.js';

/**
 * Refuses a template with unsupported parts. Called before any resource is created. The error message lists all
 * unsupported parts.
 *
 * @param current the stack, if it exists
 * @throws LocalAwsError `UnsupportedTemplate`
 */
export function refuseUnsupported(
  plan: StackPlan,
  providerOf: ProviderOf,
  current: StackRecord | undefined,
): void {
  const preview = plan.scope(true, () => undefined);
  const problems = [
    ...plan.resources.flatMap((resource) =>
      resourceProblems(plan, resource, providerOf, preview).map(
        (problem) =>
          `${resource.logicalId} (${resource.type}): ${problem}${neededBy(plan.template, resource.logicalId)}`,
      ),
    ),
    ...changedTypes(plan, current),
    ...problemsOf(() => plan.outputs(preview)),
  ];
  if (problems.length === 0) return;
  throw new LocalAwsError(
    'UnsupportedTemplate',
    `The local AWS cannot deploy the stack ${plan.identity.stackName} as it is written, and created nothing:\n${problems
      .map((problem) => `- ${problem}`)
      .join('\n')}${supportedTypes(plan, providerOf)}`,
  );
}

/** Returns a line that lists the supported types; empty if the plan has no unsupported type. */
function supportedTypes(plan: StackPlan, providerOf: ProviderOf): string {
  if (plan.resources.every(({ type }) => providerOf(type) !== undefined)) return '';
  return `\nRemove the resources of other types for the local AWS. It has these types: ${providerOf.types.join(', ')}.`;
}

function resourceProblems(
  plan: StackPlan,
  resource: PlannedResource,
  providerOf: ProviderOf,
  preview: Scope,
): readonly string[] {
  const provider = providerOf(resource.type);
  if (provider === undefined) return ['the local AWS does not have this resource type'];
  try {
    const properties = plan.properties(resource, preview);
    const { modelled = Object.keys(properties), harmless = {} } = provider;
    const taken = new Set([...modelled, ...Object.keys(harmless)]);
    const ignored = Object.keys(properties).filter((property) => !taken.has(property));
    if (ignored.length > 0) {
      return ignored.map(
        (property) => `the property ${property} is not supported and would have to be ignored`,
      );
    }
    const { logicalId, type } = resource;
    const { stackName, stackId } = plan.identity;
    return [
      ...problemsOf(() =>
        provider.check?.({ stackName, stackId, logicalId, resourceType: type, properties }, plan.template),
      ),
      ...handlerProblems(plan.template, logicalId),
    ];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Returns a sentence that names the custom resources that need a function; empty if there is none. */
function neededBy(template: Template, logicalId: string): string {
  const needing = customResourcesOf(template, logicalId).map(([id, { Type }]) => `${id} (${Type})`);
  return needing.length === 0 ? '' : ` Needed by the custom resource ${needing.join(', ')}.`;
}

/** Finds logical ids whose resource type has changed. CloudFormation also refuses this. */
function changedTypes(plan: StackPlan, current: StackRecord | undefined): readonly string[] {
  return plan.resources.flatMap(({ logicalId, type }) => {
    const former = current?.resources.find((resource) => resource.logicalId === logicalId)?.type;
    return former === undefined || former === type
      ? []
      : [`${logicalId} (${type}): update of resource type is not permitted, it is a ${former}`];
  });
}

function problemsOf(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
