import { describe, expect, it } from '@jest/globals';

import { parseRunStateChange, toRunStateChange, transitionOfActiveRun } from '../../lib/contract/index.js';
import { aRunRecord } from './builders.js';

describe('a transition', () => {
  it('A transition sets what changes, and only while the run is active', () => {
    expect(transitionOfActiveRun({ status: 'BUILDING', buildId: 'p:1' })).toEqual({
      UpdateExpression: 'SET #status = :status, #buildId = :buildId, #facet = :facet',
      ConditionExpression: '#status IN (:active0, :active1)',
      ExpressionAttributeNames: { '#status': 'status', '#buildId': 'buildId', '#facet': 'facet' },
      values: {
        ':status': 'BUILDING',
        ':buildId': 'p:1',
        ':facet': 'status#BUILDING',
        ':active0': 'QUEUED',
        ':active1': 'BUILDING',
      },
    });
  });

  it('A transition creates a missing record, without changing the attributes of an existing one', () => {
    const transition = transitionOfActiveRun({ status: 'FAILED' }, { seedkit: 'demo', status: 'QUEUED' });

    expect(transition.UpdateExpression).toBe(
      'SET #status = :status, #facet = :facet, #seedkit = if_not_exists(#seedkit, :seedkit) REMOVE #taskToken',
    );
    expect(transition.ConditionExpression).toBe(
      'attribute_not_exists(#status) OR #status IN (:active0, :active1)',
    );
  });

  it('A transition leaves out what is undefined', () => {
    expect(transitionOfActiveRun({ status: 'FAILED', phase: undefined }).values).not.toHaveProperty(':phase');
  });
});

describe('the event of a run', () => {
  it('The event of a run is its record without the attributes that only the table needs', () => {
    const event = toRunStateChange(aRunRecord({ announcedAt: '2026-03-01T10:00:01.000Z' }));

    expect(event).not.toHaveProperty('expiresAt');
    expect(event).not.toHaveProperty('day');
    expect(event).not.toHaveProperty('announcedAt');
    expect(parseRunStateChange(event)).toEqual({ ...event, version: 1, runId: 'run-1' });
  });
});
