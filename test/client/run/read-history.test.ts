import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { beforeEach, expect, it } from '@jest/globals';

import { connect } from '../../../client/connection/connection.js';
import { readHistory } from '../../../client/run/read-history.js';
import { AWS, resetAccount, states } from '../mocked-account.js';

beforeEach(resetAccount);

const at = (seconds: number) => new Date(seconds * 1_000);

it('The history of an execution has the events of all pages, with the state of each and the failure of those that failed', async () => {
  states
    .on(GetExecutionHistoryCommand)
    .resolvesOnce({
      events: [
        { id: 1, type: 'ExecutionStarted', timestamp: at(1) },
        {
          id: 2,
          type: 'TaskStateEntered',
          timestamp: at(2),
          stateEnteredEventDetails: { name: 'PrepareRun' },
        },
        { id: 3, type: 'TaskScheduled', timestamp: at(3) },
      ],
      nextToken: 'more',
    })
    .resolvesOnce({
      events: [
        {
          id: 4,
          type: 'TaskFailed',
          timestamp: at(4),
          taskFailedEventDetails: {
            resourceType: 'lambda',
            resource: 'invoke',
            error: 'NotAllowed',
            cause: 'no such role',
          },
        },
        { id: 5, type: 'TaskStateExited', timestamp: at(5), stateExitedEventDetails: { name: 'PrepareRun' } },
        {
          id: 6,
          type: 'ExecutionFailed',
          timestamp: at(6),
          executionFailedEventDetails: { error: 'NotAllowed' },
        },
      ],
    });

  const state = 'PrepareRun';
  expect(await readHistory('arn', connect('demo', AWS))).toEqual([
    { id: 1, timestampMs: 1_000, type: 'ExecutionStarted' },
    { id: 2, timestampMs: 2_000, type: 'TaskStateEntered', state },
    { id: 3, timestampMs: 3_000, type: 'TaskScheduled', state },
    { id: 4, timestampMs: 4_000, type: 'TaskFailed', state, failure: 'NotAllowed: no such role' },
    { id: 5, timestampMs: 5_000, type: 'TaskStateExited', state },
    { id: 6, timestampMs: 6_000, type: 'ExecutionFailed', failure: 'NotAllowed' },
  ]);
  expect(states.commandCalls(GetExecutionHistoryCommand)[1]?.args[0].input).toMatchObject({
    nextToken: 'more',
  });
});
