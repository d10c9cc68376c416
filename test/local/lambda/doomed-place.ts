/**
 * Program of a local AWS that a test kills. Accepts an event for a bus and an asynchronous event for a function,
 * prints that it has, and keeps running. Argument: data folder.
 */
import { openDurableStore } from '../../../lib/local/durable/durable-store.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { openTestEvents } from '../events/test-events.js';
import { openTestPlaceContext } from '../test-place-context.js';
import { openTestLambda } from './function-fixtures.js';

const dataFolder = process.argv[2] ?? '';
const store = await openDurableStore(`${dataFolder}/store`);
const context = await openTestPlaceContext({ store, dataFolder });
const lambda = await openTestLambda(context);
await lambda.deploy(
  'f',
  `import { appendFileSync } from 'node:fs';
   export const handler = async ({ file }) => { appendFileSync(file, process.pid + ' '); await new Promise((r) => setTimeout(r, 2000)); };`,
  { Timeout: 30 },
);
await lambda.invokeAsync('f', JSON.stringify({ file: `${dataFolder}/pids` }));
const events = await openTestEvents(context, {
  queues: { send: async () => Promise.reject(new AwsError('ServiceException', 'busy', 500)) },
});
await events.call('PutRule', { Name: 'r', EventPattern: '{"source":["mine"]}' });
await events.call('PutTargets', {
  Rule: 'r',
  Targets: [{ Id: 't', Arn: 'arn:aws:sqs:eu-central-1:123456789012:q' }],
});
await events.call('PutEvents', { Entries: [{ Source: 'mine', DetailType: 'Kept', Detail: '{}' }] });
process.stdout.write('taken\n');
