import { z } from 'zod';

import type { BucketNotifications } from '../ports.js';
import {
  BUCKET_NOTIFICATIONS_TYPE,
  isBucketNotificationsHandler,
} from '../resources/bucket-notifications-handler.js';
import type { Json, JsonObject, ProvidedResource } from '../resources/resource-provider.js';
import { checkInput } from '../wire/operation.js';
import { isObject } from './intrinsic-call.js';
import { referencesOf } from './references.js';
import type { StackResourceProvider, StackResourceRequest } from './stack-resource-provider.js';
import type { Template } from './template.js';

export interface BucketNotificationsOptions {
  /** Handles all other custom resources. */
  readonly custom: StackResourceProvider;
  readonly functions: { isRunnable(name: string): Promise<boolean> };
  readonly notifications: BucketNotifications;
}

/** Kinds of destinations in a notification configuration that the local S3 does not have. */
const DESTINATIONS = {
  LambdaFunctionConfigurations: 'Lambda functions',
  QueueConfigurations: 'SQS queues',
  TopicConfigurations: 'SNS topics',
};
const destinations = z.array(z.looseObject({})).default([]);

/** Properties of the custom resource. A template may have texts for booleans. */
const schema = z.strictObject({
  ServiceToken: z.string(),
  ServiceTimeout: z.union([z.string(), z.number()]).optional(),
  BucketName: z.string(),
  NotificationConfiguration: z.strictObject({
    EventBridgeConfiguration: z.strictObject({}).optional(),
    LambdaFunctionConfigurations: destinations,
    QueueConfigurations: destinations,
    TopicConfigurations: destinations,
  }),
  Managed: z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]).default(true),
  // There is no destination to validate.
  SkipDestinationValidation: z.union([z.boolean(), z.string()]).optional(),
});

/**
 * Provides custom resources. Those of the CDK for notifications of buckets, such as that of `eventBridgeEnabled`, are
 * applied without their function, which is written in Python. All others invoke their function.
 */
export function bucketNotificationsProvider(options: BucketNotificationsOptions): StackResourceProvider {
  const { custom, functions } = options;
  const isApplied = async ({ resourceType, properties }: StackResourceRequest) =>
    resourceType === BUCKET_NOTIFICATIONS_TYPE &&
    !(await functions.isRunnable(readProperties(properties).ServiceToken));
  return {
    check(request, template) {
      custom.check?.(request, template);
      if (usesHandler(request, template)) refuseDestinations(request, template);
    },
    create: async (request) =>
      (await isApplied(request)) ? apply(options, request) : custom.create(request),
    update: async (current, request, former) =>
      (await isApplied(request)) ? apply(options, request) : custom.update(current, request, former),
    async delete(current, request) {
      if (!(await isApplied(request))) return custom.delete(current, request);
      await remove(options, request);
    },
  };
}

/**
 * Sets whether the bucket sends events to EventBridge, as the CDK's function does: a bucket that is not managed keeps
 * what others have configured.
 */
async function apply(
  { notifications }: BucketNotificationsOptions,
  { logicalId, properties }: StackResourceRequest,
): Promise<ProvidedResource> {
  const { BucketName, NotificationConfiguration, Managed } = readProperties(properties);
  const isEnabled = NotificationConfiguration.EventBridgeConfiguration !== undefined;
  await notifications.changeSendsEvents(BucketName, (current) => isEnabled || (!Managed && current));
  return { physicalId: logicalId, attributes: {} };
}

/** Stops the events of a managed bucket. Does nothing if the bucket no longer exists. */
async function remove(
  { notifications }: BucketNotificationsOptions,
  { properties }: StackResourceRequest,
): Promise<void> {
  const { BucketName, Managed } = readProperties(properties);
  try {
    await notifications.changeSendsEvents(BucketName, (current) => !Managed && current);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchBucket') throw error;
  }
}

function readProperties(properties: JsonObject): z.output<typeof schema> {
  return checkInput(BUCKET_NOTIFICATIONS_TYPE, 'InvalidRequest', schema, properties);
}

/** Returns whether the `ServiceToken` of a custom resource refers to the CDK's function for its type. */
function usesHandler({ resourceType, logicalId }: StackResourceRequest, template: Template): boolean {
  const token = template.Resources[logicalId]?.Properties?.['ServiceToken'];
  if (resourceType !== BUCKET_NOTIFICATIONS_TYPE || token === undefined) return false;
  return [...referencesOf(token)].some((id) => isHandler(template, id));
}

function refuseDestinations({ logicalId, properties }: StackResourceRequest, template: Template): void {
  const { BucketName, NotificationConfiguration } = readProperties(properties);
  const written = template.Resources[logicalId]?.Properties ?? {};
  const kinds = Object.entries(DESTINATIONS).filter(
    ([kind]) => NotificationConfiguration[kind as keyof typeof DESTINATIONS].length > 0,
  );
  if (kinds.length === 0) return;
  const [bucket = BucketName] = referencesOf(written['BucketName'] ?? null);
  const named = kinds.map(([kind, meaning]) => `${meaning} (${destinationsOf(written, kind)})`);
  throw new Error(
    `The local AWS cannot send the events of the bucket ${bucket} to ${named.join(' and ')}: it sends them to EventBridge only. Create the bucket with eventBridgeEnabled: true, and send its events to ${kinds.length > 1 ? 'these destinations' : 'this destination'} by a rule.`,
  );
}

/** Returns the logical ids of the destinations of one kind, or the kind's name if none is in the template. */
function destinationsOf({ NotificationConfiguration: written }: JsonObject, kind: string): string {
  const configurations: Json | undefined = isObject(written) ? written[kind] : undefined;
  const ids = [...referencesOf(configurations ?? null)].filter((id) => !id.startsWith('AWS::'));
  return ids.length === 0 ? kind : ids.join(', ');
}

/** Types of resources that may refer to a function that is not run, because they do not invoke it. */
const NOT_INVOKING: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
]);

/**
 * Returns a problem if resources other than its custom resources use the CDK's function for notifications of buckets,
 * which the local AWS does not run.
 */
export function handlerProblems(template: Template, logicalId: string): readonly string[] {
  if (!isHandler(template, logicalId)) return [];
  const users = Object.entries(template.Resources).filter(
    ([, { Type, Properties }]) =>
      Type !== BUCKET_NOTIFICATIONS_TYPE &&
      !NOT_INVOKING.has(Type) &&
      referencesOf(Properties ?? {}).has(logicalId),
  );
  if (users.length === 0) return [];
  const named = users.map(([id, { Type }]) => `${id} (${Type})`);
  return [
    `The local AWS does not run the CDK's function of ${BUCKET_NOTIFICATIONS_TYPE}, so other resources cannot use it: ${named.join(', ')}.`,
  ];
}

function isHandler(template: Template, logicalId: string): boolean {
  const resource = Object.hasOwn(template.Resources, logicalId) ? template.Resources[logicalId] : undefined;
  return (
    resource?.Type === 'AWS::Lambda::Function' && isBucketNotificationsHandler(resource.Properties ?? {})
  );
}
