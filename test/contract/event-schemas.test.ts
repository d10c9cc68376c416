import { describe, expect, it } from '@jest/globals';

import {
  MAP_STATE_CHANGE,
  requestedRunSchema,
  RUN_REFUSED,
  RUN_REQUESTED,
  RUN_STATE_CHANGE,
  toRunStateChange,
} from '../../lib/contract/index.js';
import { faultsOfEvent } from '../event-schema.js';
import { aLayer, aRunRecord } from './builders.js';

const change = toRunStateChange(aRunRecord());

describe('The JSON schemas of events', () => {
  it('The schema of Run State Change accepts a record with every member, and errors inside errors', () => {
    const remote = { name: 'E', message: 'm', cause: { name: 'C', message: 'n', stack: 's' } };
    const record = aRunRecord({
      status: 'FAILED',
      bundle: { layers: [aLayer()] },
      kind: 'node',
      failure: { code: 'RemoteError', message: 'm', phase: 'BUILD', remote },
      result: { sha256: 'a'.repeat(64), sizeBytes: 1 },
      exportedVariables: { A: 'b' },
      labels: { 'any name': 'x' },
      lock: 'network',
      lockToken: 7,
    });
    expect(faultsOfEvent(RUN_STATE_CHANGE, toRunStateChange(record))).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['without a run id', { runId: undefined }, "must have required property 'runId'"],
    ['with an unknown status', { status: 'DONE' }, '/status must be equal to one of the allowed values'],
    [
      'with a time without milliseconds',
      { queuedAt: '2026-03-01T10:00:00Z' },
      '/queuedAt must match pattern',
    ],
    ['with a label that is no text', { labels: { a: 1 } }, '/labels/a must be string'],
    [
      'with an internal attribute',
      { expiresAt: 1 },
      'must NOT have additional properties {"additionalProperty":"expiresAt"}',
    ],
    ['of another version', { version: 2 }, '/version must be equal to constant'],
  ])('The schema of Run State Change refuses an event %s', (_what, members, fault) => {
    const detail: unknown = JSON.parse(JSON.stringify({ ...change, ...members }));
    expect(faultsOfEvent(RUN_STATE_CHANGE, detail).join()).toContain(fault);
  });

  it('The schema of Map State Change refuses an event of a run, that of Run Refused one without a code', () => {
    expect(faultsOfEvent(MAP_STATE_CHANGE, change)).toContain(
      ' must have required property \'mapId\' {"missingProperty":"mapId"}',
    );
    expect(faultsOfEvent(RUN_REFUSED, { version: 1, requestId: 'r', message: 'm' })).toHaveLength(1);
  });

  it.each<[string, object, boolean]>([
    ['of commands', { invocation: { kind: 'commands', target: ['ls'] } }, true],
    [
      'of a function',
      { invocation: { kind: 'node', target: { module: 'm', exportName: 'f' }, args: [1, null] } },
      true,
    ],
    [
      'of a Python function',
      {
        invocation: {
          kind: 'python',
          target: { module: 'm', functionName: 'f' },
          args: [],
          kwargs: { a: 1 },
        },
      },
      true,
    ],
    [
      'with a key, a lock and options',
      {
        inputKey: 'inbox/a.json',
        inputSha256: 'a'.repeat(64),
        lock: 'x',
        lockMode: 'refuse',
        build: { timeoutMinutes: 5 },
      },
      true,
    ],
    ['with neither invocation nor key', {}, false],
    ['with both', { invocation: { kind: 'commands', target: ['ls'] }, inputKey: 'inbox/a.json' }, false],
    ['with a mode and no lock', { inputKey: 'inbox/a.json', lockMode: 'refuse' }, false],
    [
      'with a digest and no key',
      { invocation: { kind: 'commands', target: ['ls'] }, inputSha256: 'a'.repeat(64) },
      false,
    ],
    ['with an unknown option', { inputKey: 'inbox/a.json', build: { timeout: 5 } }, false],
    [
      'with keyword arguments that are a list',
      { invocation: { kind: 'python', target: { module: 'm', functionName: 'f' }, args: [], kwargs: [] } },
      false,
    ],
    ['with an unknown member', { inputKey: 'inbox/a.json', more: 1 }, false],
  ])('The schema of Run Requested and the contract agree on a request %s', (_what, members, isValid) => {
    const request = { version: 1, ...members };
    expect(requestedRunSchema.safeParse(request).success).toBe(isValid);
    expect(faultsOfEvent(RUN_REQUESTED, request).length === 0).toBe(isValid);
  });
});
