import type { Build } from '@aws-sdk/client-codebuild';
import { describe, expect, it } from '@jest/globals';

import type { MapResult } from '../../client/index.js';
import { type MapRecord, type RunRecord, toMapStateChange } from '../../lib/contract/index.js';
import { aRunRecord } from '../contract/builders.js';
import { heldLockBreaches, type LockReport } from './held-locks.js';
import { type AskedMap, type FoundMap, mapBreaches } from './map-invariants.js';
import type { StoredVersion } from './publisher.js';
import { refusalBreaches, versionBreaches } from './target-invariants.js';

const report = (what: LockReport['what'], runId: string, token: number, atMs: number): LockReport => {
  return { what, runId, token, atMs };
};

describe('locks as builds see them', () => {
  const stopped = (runId: string, token: number, endMs: number): Build => ({
    buildStatus: 'STOPPED',
    endTime: new Date(endMs),
    environment: {
      type: 'LINUX_CONTAINER',
      image: 'image',
      computeType: 'BUILD_GENERAL1_SMALL',
      environmentVariables: [
        { name: 'CODESEEDER_RUN_ID', value: runId },
        { name: 'CODESEEDER_LOCK_TOKEN', value: String(token) },
      ],
    },
  });
  const kinds = (reports: readonly LockReport[], builds: readonly Build[] = []) =>
    heldLockBreaches(new Map([['lock', reports]]), builds).map(({ kind }) => kind);

  it('Builds that have a lock one after the other are no breach, also if one was stopped and could not report its end', () => {
    const reports = [
      report('begins', 'a', 1, 10),
      report('ends', 'a', 1, 20),
      report('begins', 'b', 2, 30),
      report('begins', 'c', 3, 50),
    ];
    expect(kinds(reports, [stopped('b', 2, 40)])).toEqual([]);
  });

  it('A build that begins before the one before has ended or was stopped is a breach', () => {
    const reports = [report('begins', 'a', 1, 10), report('begins', 'b', 2, 15), report('ends', 'a', 1, 20)];
    expect(kinds(reports)).toEqual(['lock held twice']);
    expect(kinds(reports, [stopped('a', 1, 18)])).toEqual(['lock held twice']);
    expect(kinds(reports, [stopped('a', 1, 14)])).toEqual([]);
  });

  it('A number that is not larger than the one before is a breach', () => {
    const first = [report('begins', 'a', 2, 10), report('ends', 'a', 2, 20)];
    expect(kinds([...first, report('begins', 'b', 2, 30)])).toEqual(['lock out of order']);
    expect(kinds([...first, report('begins', 'b', NaN, 30)])).toEqual(['lock out of order']);
  });
});

describe('published versions', () => {
  const stored = (version: number, publication: string) =>
    ({ name: 'adds', version, publication }) as StoredVersion;

  it('A version that was acknowledged and overwritten, and a number that is missing, are breaches', () => {
    const acknowledged = [1, 2].map((version) => ({ name: 'adds', version, publication: `p-${version}` }));
    expect(versionBreaches(acknowledged, [stored(1, 'p-1'), stored(2, 'p-2')])).toEqual([]);
    expect(versionBreaches(acknowledged, [stored(1, 'p-1'), stored(2, 'p-3')])).toHaveLength(1);
    expect(versionBreaches([], [stored(1, 'p-1'), stored(3, 'p-3')])).toHaveLength(1);
  });

  it('A start of a target that does not exist is a breach if it became a run, was acknowledged, or no event refused it', () => {
    const asked = (how: 'once' | 'by an event', acknowledged: boolean) => ({
      runId: 'r-1',
      plan: {
        does: 'passes' as const,
        asked: how,
        canceledAfterMs: null,
        target: { chosen: 'missing' as const },
      },
      acknowledged,
    });
    const refusal = {
      version: 1 as const,
      requestId: 'r-1',
      code: 'PublishedTargetNotFound',
      message: 'The seedkit demo has no target missing-r-1. It has no targets.',
    };
    const none = { exists: false, refusals: [] };
    expect(refusalBreaches(asked('once', false), none)).toEqual([]);
    expect(refusalBreaches(asked('once', true), none)).toHaveLength(1);
    expect(refusalBreaches(asked('by an event', true), none)).toHaveLength(1);
    expect(refusalBreaches(asked('by an event', true), { exists: false, refusals: [refusal] })).toEqual([]);
    expect(refusalBreaches(asked('once', false), { exists: true, refusals: [] })).toHaveLength(1);
  });
});

describe('maps', () => {
  const record: MapRecord = {
    mapId: 'm',
    status: 'FAILED',
    seedkit: 'demo',
    name: 'soak-map',
    kind: 'commands',
    target: 'true',
    executionArn: 'arn',
    total: 2,
    concurrency: 1,
    onError: 'continue',
    queuedAt: '2026-03-01T10:00:00.000Z',
    finishedAt: '2026-03-01T10:01:00.000Z',
    succeeded: 1,
    failed: 1,
    day: 'map:2026-03-01',
    expiresAt: 2_000_000_000,
  };
  const asked: AskedMap = {
    name: 'soak-map',
    plan: {
      calls: 'commands',
      inputs: ['passes', 'fails'],
      concurrency: 1,
      onError: 'continue',
      canceledAfterMs: null,
      again: false,
      lock: null,
    },
    mapIds: ['m'],
  };
  const statuses = ['SUCCEEDED', 'FAILED'] as const;
  const results = statuses.map((status, index) => ({ status, index, runId: `m-${index}` }) as MapResult);
  const records = new Map<string, RunRecord>(
    statuses.map((status, mapIndex) => {
      const runId = `m-${mapIndex}`;
      return [runId, aRunRecord({ runId, mapId: 'm', mapIndex, status })];
    }),
  );
  const found: FoundMap = { record, indexes: [0, 1], results, events: [toMapStateChange(record)] };

  it('A map whose counts, results and event agree with its runs is no breach', () => {
    expect(mapBreaches([asked], [found], records)).toEqual([]);
  });

  it.each<[string, Partial<FoundMap>]>([
    ['that has not ended', { record: { ...record, status: 'RUNNING' } }],
    ['that no event announced', { events: [] }],
    ['that an event announced with other counts', { events: [{ ...toMapStateChange(record), failed: 0 }] }],
    ['that counted a run twice', { record: { ...record, succeeded: 2 }, events: [] }],
    ['that lost an input', { record: { ...record, failed: 0 } }],
    ['without the result of an input', { results: results.slice(0, 1) }],
    ['with the results in another order', { results: results.toReversed() }],
    ['that is canceled though nobody canceled it', { record: { ...record, status: 'CANCELED' } }],
  ])('A map %s is a breach', (_what, changed) => {
    expect(mapBreaches([asked], [{ ...found, ...changed }], records)).not.toEqual([]);
  });

  it('A map that was acknowledged and has no record is a breach, and so is one that nobody asked for', () => {
    expect(mapBreaches([asked], [], records)).toHaveLength(1);
    expect(mapBreaches([], [found], records)).toHaveLength(1);
  });

  it('A map that runs an input again which had succeeded is a breach', () => {
    const again: FoundMap = {
      ...found,
      record: { ...record, mapId: 'n', againOf: 'm' },
      events: [toMapStateChange({ ...record, mapId: 'n', againOf: 'm' })],
    };
    const messages = mapBreaches([asked], [found, again], records).map(({ message }) => message);
    expect(messages).toContainEqual('the map n runs 0, 1 again, but 1 did not succeed');
  });
});
