import { describe, expect, it } from '@jest/globals';

import { parseRunStateChange, toRunStateChange, transitionOfActiveRun } from '../../lib/contract/index.js';
import { aRunRecord } from './builders.js';

describe('a transition', () => {
  it('sets what changes, only while the run is not over', () => {
    expect(transitionOfActiveRun({ status: 'BUILDING', buildId: 'p:1' })).toEqual({
      UpdateExpression: 'SET #status = :status, #buildId = :buildId',
      ConditionExpression: '#status IN (:active0, :active1)',
      ExpressionAttributeNames: { '#status': 'status', '#buildId': 'buildId' },
      values: { ':status': 'BUILDING', ':buildId': 'p:1', ':active0': 'QUEUED', ':active1': 'BUILDING' },
    });
  });

  it('makes the record of a run that has none, without touching what a record has', () => {
    const transition = transitionOfActiveRun({ status: 'FAILED' }, { seedkit: 'demo', status: 'QUEUED' });

    expect(transition.UpdateExpression).toBe(
      'SET #status = :status, #seedkit = if_not_exists(#seedkit, :seedkit) REMOVE #taskToken',
    );
    expect(transition.ConditionExpression).toBe(
      'attribute_not_exists(#status) OR #status IN (:active0, :active1)',
    );
  });

  it('leaves out what is undefined', () => {
    expect(transitionOfActiveRun({ status: 'FAILED', phase: undefined }).values).not.toHaveProperty(':phase');
  });
});

describe('the event of a run', () => {
  it("is the record without the table's bookkeeping", () => {
    const event = toRunStateChange(aRunRecord({ announcedAt: '2026-03-01T10:00:01.000Z' }));

    expect(event).not.toHaveProperty('expiresAt');
    expect(event).not.toHaveProperty('day');
    expect(event).not.toHaveProperty('announcedAt');
    expect(parseRunStateChange(event)).toEqual({ ...event, version: 1, runId: 'run-1' });
  });
});
