import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { LocalAwsError } from '../local-aws-error.js';
import { parseJsonWith } from '../parse.js';
import type { Clock } from '../clock.js';
import type { Functions } from '../ports.js';
import type { CustomResourceMailbox } from './custom-resource-mailbox.js';
import { isList, isObject } from './intrinsic-call.js';
import { invalid } from './intrinsics.js';
import type { Json, JsonObject, ProvidedResource } from '../resources/resource-provider.js';
import type { StackResourceProvider, StackResourceRequest } from './stack-resource-provider.js';

export interface CustomResourceOptions {
  readonly functions: Pick<Functions, 'invoke'>;
  readonly mailbox: CustomResourceMailbox;
  readonly clock: Clock;
}

/**
 * Default of the property `ServiceTimeout`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
 */
const DEFAULT_TIMEOUT_SECONDS = 3_600;

const answerSchema = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().min(1).optional(),
  Data: z.record(z.string(), z.json()).nullish(),
});

interface Change {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly OldResourceProperties?: Json;
}

/**
 * Provides custom resources: sends CloudFormation's request to the resource's function, and waits for the answer at
 * the `ResponseURL` of the request.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export function customResourceProvider(options: CustomResourceOptions): StackResourceProvider {
  return {
    check(request) {
      serviceToken(request);
      timeoutSeconds(request);
    },
    create: (request) => requestChange(options, request, { RequestType: 'Create' }),
    update: ({ physicalId }, request, former) =>
      requestChange(options, request, {
        RequestType: 'Update',
        PhysicalResourceId: physicalId,
        OldResourceProperties: asText(former),
      }),
    async delete({ physicalId }, request) {
      await requestChange(options, request, { RequestType: 'Delete', PhysicalResourceId: physicalId });
    },
  };
}

async function requestChange(
  { functions, mailbox, clock }: CustomResourceOptions,
  request: StackResourceRequest,
  change: Change,
): Promise<ProvidedResource> {
  const { stackId, logicalId, resourceType, properties } = request;
  const expected = mailbox.open();
  const payload = JSON.stringify({
    ...change,
    ServiceToken: serviceToken(request),
    ResponseURL: expected.url,
    StackId: stackId,
    RequestId: randomUUID(),
    LogicalResourceId: logicalId,
    ResourceType: resourceType,
    ResourceProperties: asText(properties),
  });
  const waiting = new AbortController();
  try {
    const answer = await Promise.race([
      expected.answer,
      invocationFailure(functions, serviceToken(request), payload, waiting.signal),
      overdue(clock, timeoutSeconds(request), waiting.signal),
    ]);
    return provided(answer, change.PhysicalResourceId ?? `${logicalId}-${randomUUID()}`);
  } finally {
    expected.close();
    waiting.abort();
  }
}

/**
 * Invokes the function of a custom resource. Rejects if the function throws. Never resolves, because the function may
 * send its answer after it has returned.
 */
async function invocationFailure(
  functions: Pick<Functions, 'invoke'>,
  functionArn: string,
  payload: string,
  signal: AbortSignal,
): Promise<never> {
  const answer = await functions.invoke(functionArn, payload);
  if (answer.functionError !== undefined) {
    throw new LocalAwsError('StackFailed', `The custom resource's function failed: ${answer.payload}`);
  }
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('answered')), { once: true });
  });
}

async function overdue(clock: Clock, seconds: number, signal: AbortSignal): Promise<never> {
  await clock.sleep(seconds * 1_000, signal);
  throw new LocalAwsError(
    'StackFailed',
    `The custom resource's function did not send its answer to ResponseURL within ${seconds} s. In the local AWS, ResponseURL is an http URL with a port.`,
  );
}

function provided(body: string, defaultPhysicalId: string): ProvidedResource {
  const answer = parseJsonWith(answerSchema, body, "custom resource's answer");
  if (answer.Status === 'FAILED') {
    const reason = answer.Reason ?? 'the function gave no reason';
    throw new LocalAwsError(
      'StackFailed',
      `Received response status [FAILED] from custom resource: ${reason}`,
    );
  }
  return {
    physicalId: answer.PhysicalResourceId ?? defaultPhysicalId,
    attributes: answer.Data ?? {},
  };
}

function serviceToken({ properties }: StackResourceRequest): string {
  const token = properties['ServiceToken'];
  if (typeof token === 'string' && (token.includes(':lambda:') || token.includes(':preview:'))) return token;
  throw invalid(`ServiceToken must be the ARN of a function in the local AWS, not ${JSON.stringify(token)}`);
}

function timeoutSeconds({ properties }: StackResourceRequest): number {
  const seconds = Number(properties['ServiceTimeout'] ?? DEFAULT_TIMEOUT_SECONDS);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= DEFAULT_TIMEOUT_SECONDS) return seconds;
  throw invalid(
    `ServiceTimeout must be 1 to 3600 seconds, not ${JSON.stringify(properties['ServiceTimeout'])}`,
  );
}

/** Converts numbers and booleans to text, as CloudFormation does for the properties of custom resources. */
function asText(value: JsonObject | Json): Json {
  if (isList(value)) return value.map(asText);
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asText(member)]));
  }
  return value === null ? null : String(value);
}
