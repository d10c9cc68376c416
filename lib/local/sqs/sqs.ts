import type { PlaceContext } from '../place-context.js';
import type { Queues } from '../ports.js';
import { jsonService } from '../wire/json-service.js';
import { serviceOperations } from '../wire/operation.js';
import type { MessageAttributes } from './message-digest.js';
import { messageOperations, sendMessage } from './message-operations.js';
import { queueOperations } from './queue-operations.js';
import { queuePolicyProvider, queueProvider } from './queue-providers.js';
import { openQueueStore } from './queue-store.js';
import { MessageReceiver } from './receive-messages.js';

/** SQS with standard queues. */
export type Sqs = Awaited<ReturnType<typeof createSqs>>;

/** Error codes of the older Query protocol of SQS, which botocore and the AWS CLI still report. */
const QUERY_CODES = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
};

export async function createSqs(context: PlaceContext) {
  const store = openQueueStore(context);
  const closing = new AbortController();
  return {
    send: (async (queue, body, attributes = {}) => {
      const typed = Object.entries(attributes).map(([name, StringValue]) => [
        name,
        { DataType: 'String', StringValue },
      ]);
      await sendMessage(store, queue, body, Object.fromEntries(typed) as MessageAttributes);
    }) satisfies Queues['send'],
    service: jsonService({
      signingName: 'sqs',
      targetPrefix: 'AmazonSQS',
      jsonVersion: '1.0',
      queryCodes: QUERY_CODES,
      operations: serviceOperations('InvalidParameterValue', {
        ...queueOperations(context, store),
        ...messageOperations(context, store, new MessageReceiver(context, store, closing.signal)),
      }),
    }),
    resourceProviders: [queueProvider(context, store), queuePolicyProvider],
    /** Ends all waits for messages. Messages stay in their queues. */
    close: async () => closing.abort(new Error('The local AWS was stopped.')),
  };
}
