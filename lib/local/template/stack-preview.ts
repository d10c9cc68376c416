import { isDeepStrictEqual } from 'node:util';

import { isRetained, providedOf } from './apply-stack.js';
import type { ApplyRequest } from './new-stack-record.js';
import type { PlannedResource, StackPlan } from './stack-plan.js';
import type { StackRecord, StackResourceRecord } from './stack-record.js';

/** The change that applying a template would make to one resource. */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly physicalId?: string | undefined;
  readonly type: string;
}

export interface StackPreview {
  readonly resources: readonly ResourceChange[];
  /** Whether no resource, output or tag would change. */
  readonly isEmpty: boolean;
}

/**
 * Compares a plan with the current stack. A property whose value is known only after the change counts as changed.
 */
export function previewStack(
  plan: StackPlan,
  request: ApplyRequest,
  current: StackRecord | undefined,
): StackPreview {
  const resourceOf = (logicalId: string) =>
    current?.resources.find((resource) => resource.logicalId === logicalId);
  const scope = plan.scope(true, (logicalId) => providedOf(resourceOf(logicalId)));
  const changed = plan.resources.flatMap((planned) => {
    const former = resourceOf(planned.logicalId);
    if (providedOf(former) === undefined) return [change('Add', planned, former)];
    const isSame =
      former?.status.endsWith('_COMPLETE') === true &&
      former.retained === isRetained(planned) &&
      isDeepStrictEqual(former.properties, plan.properties(planned, scope));
    return isSame ? [] : [change('Modify', planned, former)];
  });
  const planned = new Set(plan.resources.map(({ logicalId }) => logicalId));
  const dropped = (current?.resources ?? []).filter(({ logicalId }) => !planned.has(logicalId));
  const resources = [...changed, ...dropped.map((former) => change('Remove', former, former))];
  const isEmpty =
    resources.length === 0 &&
    isDeepStrictEqual(asStored(plan.outputs(scope)), current?.outputs) &&
    isDeepStrictEqual(request.tags ?? {}, current?.tags);
  return { resources, isEmpty };
}

/** Converts a value to its stored form: JSON, which has no undefined members. */
function asStored(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

function change(
  action: ResourceChange['action'],
  { logicalId, type }: Pick<PlannedResource, 'logicalId' | 'type'>,
  former: StackResourceRecord | undefined,
): ResourceChange {
  return { action, logicalId, type, physicalId: former?.physicalId };
}
