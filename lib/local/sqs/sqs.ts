import type { PlaceContext } from '../place-context.js';
import type { Queues } from '../ports.js';
import type { ResourceProvider } from '../template/resource-provider.js';
import { jsonService } from '../wire/json-service.js';
import type { WireService } from '../wire/wire-service.js';
import type { MessageAttribute } from './message-digest.js';
import { messageOperations, sendMessage } from './message-operations.js';
import { queueOperations } from './queue-operations.js';
import { queuePolicyProvider, queueProvider } from './queue-providers.js';
import { openQueueStore } from './queue-store.js';

/** SQS: standard queues, made for what could not be delivered elsewhere. */
export interface Sqs extends Queues {
  readonly service: WireService;
  readonly resourceProviders: ResourceProvider[];
  /** Ends the waiting of receivers; messages stay. */
  close(): Promise<void>;
}

export async function createSqs(context: PlaceContext): Promise<Sqs> {
  const store = openQueueStore(context);
  const closing = new AbortController();
  return {
    send: async (queue, body, attributes = {}) => {
      const typed: Record<string, MessageAttribute> = {};
      for (const [name, value] of Object.entries(attributes)) {
        typed[name] = { DataType: 'String', StringValue: value };
      }
      await sendMessage(store, queue, body, typed);
    },
    service: jsonService({
      signingName: 'sqs',
      targetPrefix: 'AmazonSQS',
      jsonVersion: '1.0',
      operations: {
        ...queueOperations(context, store),
        ...messageOperations(context, store, closing.signal),
      },
    }),
    resourceProviders: [queueProvider(context, store), queuePolicyProvider],
    close: async () => closing.abort(new Error('The local place was stopped.')),
  };
}
