import type { PlaceContext } from '../place-context.js';
import type { JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { inertProvider } from '../resources/inert-provider.js';
import { resourceName } from '../resources/resource-name.js';
import { AwsError } from '../wire/aws-error.js';
import { parseQueueAttributes } from './queue-attributes.js';
import { createQueue, queueArn, queueUrl } from './queue-operations.js';
import { queueNameOf, type QueueStore } from './queue-store.js';
import { readTags } from './queue-tags.js';

const ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'RedrivePolicy',
];

/** Provides `AWS::SQS::Queue`. */
export function queueProvider(context: PlaceContext, store: QueueStore): ResourceProvider {
  const provided = (name: string): ProvidedResource => ({
    physicalId: queueUrl(context, name),
    attributes: { Arn: queueArn(context, name), QueueName: name, QueueUrl: queueUrl(context, name) },
  });
  const create: ResourceProvider['create'] = async (request) => {
    const { properties } = request;
    const name = resourceName(request, 'QueueName', 80);
    const attributes = readAttributes(properties);
    const tags = readTags(properties);
    return store.change(async () => {
      if (await store.has(name)) {
        throw new AwsError('QueueNameExists', `A queue already exists with the name ${name}.`);
      }
      await createQueue(context, store, { name, attributes, tags });
      return provided(name);
    });
  };
  return {
    type: 'AWS::SQS::Queue',
    modelled: ['QueueName', 'Tags', ...ATTRIBUTES],
    harmless: {
      KmsMasterKeyId: 'messages are stored in the data folder, which only its owner can read',
      KmsDataKeyReusePeriodSeconds: 'messages are not encrypted',
      SqsManagedSseEnabled: 'messages are stored in the data folder, which only its owner can read',
      RedriveAllowPolicy: 'permissions are not enforced',
    },
    check: ({ properties }) => {
      readAttributes(properties);
      readTags(properties);
    },
    create,
    update: async (current, request) => {
      const name = queueNameOf(current.physicalId);
      if (resourceName(request, 'QueueName', 80, name) !== name) return create(request);
      const attributes = parseQueueAttributes(readAttributes(request.properties));
      const tags = readTags(request.properties);
      await store.change(async () => store.put({ ...(await store.find(name)), attributes, tags }));
      return provided(name);
    },
    isSame: (one, other) => queueNameOf(one) === queueNameOf(other),
    delete: ({ physicalId }) => store.change(() => store.remove(queueNameOf(physicalId))),
  };
}

/** Provides `AWS::SQS::QueuePolicy`, which has no effect. */
export const queuePolicyProvider = inertProvider({
  type: 'AWS::SQS::QueuePolicy',
  reason: 'permissions are not enforced',
  properties: ['PolicyDocument', 'Queues'],
});

function readAttributes(properties: JsonObject): Record<string, string> {
  const declared = Object.entries(properties).filter(([name]) => ATTRIBUTES.includes(name));
  const attributes = Object.fromEntries(
    declared.map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
  parseQueueAttributes(attributes);
  return attributes;
}
