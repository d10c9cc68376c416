import { describe, expect, it } from '@jest/globals';

import {
  isScheduledStart,
  parseScheduledStart,
  scheduledTargetOf,
  scheduleInput,
} from '../../../lib/contract/index.js';

const NONCE = '0f0e0d0c-0b0a-4908-8706-050403020100';
const START = {
  target: 'deploys@prod',
  args: ['a < b', '<aws.scheduler.execution-id>'],
  labels: { by: 's' },
};

/** Replaces the keyword of the time, as EventBridge Scheduler does. */
function sent(input: string, time: string): unknown {
  return JSON.parse(input.replaceAll('<aws.scheduler.scheduled-time>', time));
}

describe('The input of a schedule', () => {
  const input = scheduleInput('nightly', NONCE, START);

  it('The message of a schedule starts its target, under an id of its name and time', () => {
    const message = sent(input, '2026-12-01T02:00:00Z');
    expect(isScheduledStart(message)).toBe(true);
    const { runId, start } = parseScheduledStart(message);
    expect(runId).toMatch(/^nightly-20261201T020000Z-[0-9a-f]{8}$/);
    expect(start).toMatchObject({ target: { name: 'deploys', alias: 'prod' }, args: START.args });
  });

  it('The id of a run is the same in each attempt, and differs between times and between schedules', () => {
    const idOf = (nonce: string, time: string) =>
      parseScheduledStart(sent(scheduleInput('nightly', nonce, START), time)).runId;
    const first = idOf(NONCE, '2026-12-01T02:00:00Z');
    expect(idOf(NONCE, '2026-12-01T02:00:00Z')).toBe(first);
    const digits = (id: string) => id.slice(-8);
    expect(digits(idOf(NONCE, '2026-12-02T02:00:00Z'))).not.toBe(digits(first));
    expect(digits(idOf(NONCE.replace('0f', '1f'), '2026-12-01T02:00:00Z'))).not.toBe(digits(first));
  });

  it('Arguments that look like a keyword of EventBridge Scheduler reach the target unchanged', () => {
    expect(input.match(/</g)).toHaveLength(1);
    expect(scheduledTargetOf(input)).toEqual(START);
  });

  it('An input of another program, or with a run id, is no start of a target', () => {
    expect(scheduledTargetOf('{"a":1}')).toBeUndefined();
    expect(scheduledTargetOf(undefined)).toBeUndefined();
    const message = { schedule: 'n', nonce: NONCE, time: '2026-12-01T02:00:00Z' };
    expect(() => parseScheduledStart({ ...message, start: { target: 'a', runId: 'r' } })).toThrow(
      'runId: leave it out',
    );
    expect(() => parseScheduledStart({ ...message, start: { target: 'a', build: {} } })).toThrow('build:');
  });

  it('Arguments above the limit of EventBridge Scheduler are refused with their size', () => {
    const args = ['x'.repeat(256 * 1024)];
    expect(() => scheduleInput('nightly', NONCE, { target: 'a', args })).toThrow(
      'EventBridge Scheduler takes at most',
    );
  });
});
