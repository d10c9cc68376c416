import { randomUUID } from 'node:crypto';

import { arnOf, type PlaceContext } from '../place-context.js';
import type { StackPlan } from './stack-plan.js';
import type { StackRecord } from './stack-record.js';

export interface ApplyRequest {
  readonly stackName: string;
  /** JSON text of the template. */
  readonly templateText: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Returns the members of a stack's record that come from the applied template. */
export function described(plan: StackPlan, request: ApplyRequest): Partial<StackRecord> {
  const { template, parameters, imports } = plan;
  return {
    templateText: request.templateText,
    description: template.Description,
    parameters: Object.fromEntries([...parameters].map(([name, { text }]) => [name, text])),
    hiddenParameters: Object.entries(template.Parameters)
      .filter(([, parameter]) => String(parameter.NoEcho) === 'true')
      .map(([name]) => name),
    tags: request.tags ?? {},
    imports: [...imports],
  };
}

/**
 * Returns the record of a new stack.
 * @param reviewed the stack in status REVIEW_IN_PROGRESS, if a change set has created one
 */
export function newStackRecord(
  context: PlaceContext,
  plan: StackPlan,
  request: ApplyRequest,
  reviewed: StackRecord | undefined,
): StackRecord {
  return {
    ...(reviewed ?? emptyStackRecord(context, plan.identity.stackName)),
    stackId: plan.identity.stackId,
    status: 'CREATE_IN_PROGRESS',
    statusReason: undefined,
    ...described(plan, request),
  };
}

/** Returns the record of a stack for which a change set is being created. */
export function emptyStackRecord(context: PlaceContext, stackName: string): StackRecord {
  return {
    stackId: newStackId(context, stackName),
    stackName,
    status: 'REVIEW_IN_PROGRESS',
    createdAtMs: context.clock.now(),
    templateText: '{}',
    parameters: {},
    hiddenParameters: [],
    tags: {},
    imports: [],
    outputs: [],
    resources: [],
    eventCount: 0,
  };
}

export function newStackId(context: PlaceContext, stackName: string): string {
  return arnOf(context, 'cloudformation', `stack/${stackName}/${randomUUID()}`);
}
