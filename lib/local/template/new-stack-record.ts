import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { StackPlan } from './stack-plan.js';
import type { StackRecord } from './stack-record.js';

export interface ApplyRequest {
  readonly stackName: string;
  /** JSON. */
  readonly templateText: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What a record takes over from the template once it is applied. */
export function described(plan: StackPlan, request: ApplyRequest): Partial<StackRecord> {
  const { template, parameters, imports } = plan;
  return {
    templateText: request.templateText,
    ...(template.Description === undefined ? {} : { description: template.Description }),
    parameters: Object.fromEntries([...parameters].map(([name, { text }]) => [name, text])),
    hiddenParameters: Object.entries(template.Parameters)
      .filter(([, parameter]) => String(parameter.NoEcho) === 'true')
      .map(([name]) => name),
    tags: request.tags ?? {},
    imports: [...imports],
  };
}

/** A stack before its first resource. */
export function newStackRecord(context: PlaceContext, plan: StackPlan, request: ApplyRequest): StackRecord {
  return {
    stackId: plan.identity.stackId,
    stackName: plan.identity.stackName,
    status: 'CREATE_IN_PROGRESS',
    createdAtMs: context.clock.now(),
    templateText: request.templateText,
    parameters: {},
    hiddenParameters: [],
    tags: {},
    imports: [],
    ...described(plan, request),
    outputs: [],
    resources: [],
    eventCount: 0,
  };
}

/** A stack that only its name is known of. */
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

export function newStackId({ partition, region, account }: PlaceContext, stackName: string): string {
  return `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${randomUUID()}`;
}
