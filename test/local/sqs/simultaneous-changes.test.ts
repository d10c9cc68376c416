import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createSqs, type Sqs } from '../../../lib/local/sqs/sqs.js';
import { holdWrites } from '../held-write.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { jsonCaller } from '../wire/call-json.js';

const QUEUE = { QueueUrl: 'q' };
const REDRIVE = JSON.stringify({
  deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:123456789012:dead',
  maxReceiveCount: 1,
});

describe('SQS', () => {
  let context: TestPlaceContext;
  let sqs: Sqs;
  let call: ReturnType<typeof jsonCaller>;
  let duringNextWrite: ReturnType<typeof holdWrites>['duringNextWrite'];

  beforeEach(async () => {
    context = await openTestPlaceContext();
    const held = holdWrites(context.store);
    ({ duringNextWrite } = held);
    sqs = await createSqs({ ...context, store: held.store });
    call = jsonCaller(sqs.service, 'AmazonSQS');
    await call('CreateQueue', { QueueName: 'q' });
  });
  afterEach(async () => {
    await sqs.close();
    await context.dispose();
  });

  const receive = async (QueueUrl = 'q', VisibilityTimeout = 0) =>
    ((await call('ReceiveMessage', { QueueUrl, VisibilityTimeout, MaxNumberOfMessages: 10 }))['Messages'] ??
      []) as { Body: string; ReceiptHandle: string }[];
  const queues = async () => (await call('ListQueues', {}))['QueueUrls'];

  it('A message that is deleted while its visibility is changed stays deleted', async () => {
    await sqs.send('q', 'once');
    const [message] = await receive('q', 30);
    const receipt = { ...QUEUE, ReceiptHandle: message?.ReceiptHandle };
    const deletion = duringNextWrite('sqs-messages', () => call('DeleteMessage', receipt));
    await call('ChangeMessageVisibility', { ...receipt, VisibilityTimeout: 0 });
    await deletion;
    expect(await receive()).toEqual([]);
  });

  it('A message that is deleted while it is received again stays deleted', async () => {
    await sqs.send('q', 'once');
    const [message] = await receive();
    const receipt = { ...QUEUE, ReceiptHandle: message?.ReceiptHandle };
    const deletion = duringNextWrite('sqs-messages', () => call('DeleteMessage', receipt));
    expect(await receive()).toHaveLength(1);
    await deletion;
    expect(await receive()).toEqual([]);
  });

  it('A queue that is deleted while its attributes are changed stays deleted', async () => {
    const deletion = duringNextWrite('sqs-queues', () => call('DeleteQueue', QUEUE));
    await call('SetQueueAttributes', { ...QUEUE, Attributes: { DelaySeconds: '5' } });
    await deletion;
    expect(await queues()).toEqual([]);
  });

  it('Two calls of `SetQueueAttributes` at the same time change both attributes', async () => {
    const second = duringNextWrite('sqs-queues', () =>
      call('SetQueueAttributes', { ...QUEUE, Attributes: { VisibilityTimeout: '6' } }),
    );
    await call('SetQueueAttributes', { ...QUEUE, Attributes: { DelaySeconds: '5' } });
    await second;
    expect(await call('GetQueueAttributes', { ...QUEUE, AttributeNames: ['All'] })).toMatchObject({
      Attributes: { DelaySeconds: '5', VisibilityTimeout: '6' },
    });
  });

  it('A message that is sent while its queue is deleted is not in a new queue of this name', async () => {
    const deletion = duringNextWrite('sqs-messages', () => call('DeleteQueue', QUEUE));
    await sqs.send('q', 'late');
    await deletion;
    await call('CreateQueue', { QueueName: 'q' });
    expect(await receive()).toEqual([]);
  });

  it('Two calls of `CreateQueue` at the same time with other attributes create one queue', async () => {
    const second = duringNextWrite('sqs-queues', () =>
      call('CreateQueue', { QueueName: 'new', Attributes: { DelaySeconds: '5' } }),
    );
    await call('CreateQueue', { QueueName: 'new', Attributes: { DelaySeconds: '1' } });
    await expect(second).rejects.toMatchObject({ code: 'QueueNameExists' });
  });

  it('A receiver that waits for messages of a queue is refused when the queue is deleted', async () => {
    const waiting = call('ReceiveMessage', { ...QUEUE, WaitTimeSeconds: 20 });
    await call('DeleteQueue', QUEUE);
    await expect(waiting).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
  });

  it('A message stays in its queue and is received again if the dead-letter queue was deleted', async () => {
    await call('CreateQueue', { QueueName: 'dead' });
    await call('SetQueueAttributes', { ...QUEUE, Attributes: { RedrivePolicy: REDRIVE } });
    await sqs.send('q', 'poison');
    await receive();
    await call('DeleteQueue', { QueueUrl: 'dead' });
    expect(await receive()).toMatchObject([{ Body: 'poison' }]);
    await call('CreateQueue', { QueueName: 'dead' });
    expect(await receive()).toEqual([]);
    expect(await receive('dead')).toMatchObject([{ Body: 'poison' }]);
  });

  it('A message that is moved while the dead-letter queue is deleted is not lost', async () => {
    await call('CreateQueue', { QueueName: 'dead' });
    await call('SetQueueAttributes', { ...QUEUE, Attributes: { RedrivePolicy: REDRIVE } });
    await sqs.send('q', 'poison');
    await receive();
    const move = duringNextWrite('sqs-queues', () => receive());
    await call('DeleteQueue', { QueueUrl: 'dead' });
    expect(await move).toMatchObject([{ Body: 'poison' }]);
  });
});
