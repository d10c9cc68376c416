import { describe, expect, it } from '@jest/globals';
import { marshall } from '@aws-sdk/util-dynamodb';

import { describeOutcome } from '../../lambdas/collect-outcome/describe-outcome.js';
import {
  outputPrefix,
  type RunRecord,
  runRecordSchema,
  transitionOfActiveRun,
} from '../../lib/contract/index.js';
import { marshalledTransition } from '../../lib/run-store/record.js';
import { A_SHA256, aLayer } from '../contract/builders.js';

/** A record with all members. */
const record = {
  runId: 'run-1',
  status: 'BUILDING',
  seedkit: 'demo',
  bundle: { layers: [aLayer()] },
  kind: 'node',
  target: 'src/index.ts#go',
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:run-1',
  buildRequestedAt: '2026-01-01T10:00:00.000Z',
  queuedReason: 'CodeBuild has no capacity for another build: wait',
  buildId: 'codeseeder-demo:1',
  phase: 'BUILD',
  logGroup: '/aws/codebuild/codeseeder-demo',
  logStream: '1',
  name: 'nightly',
  queuedAt: '2026-01-01T10:00:00.000Z',
  startedAt: '2026-01-01T10:00:01.000Z',
  finishedAt: '2026-01-01T10:00:02.000Z',
  durationMs: 2000,
  outputKey: outputPrefix('arn:aws:codebuild:eu-central-1:123456789012:build/codeseeder-demo:1'),
  result: { sha256: A_SHA256, sizeBytes: 23 },
  exportedVariables: { VERSION: '1', EMPTY: '', constructor: 'a' },
  failure: {
    code: 'RemoteError',
    message: 'no',
    phase: 'BUILD',
    remote: { name: 'Error', message: 'no', stack: 's', code: 'c', cause: { name: 'E', message: 'm' } },
  },
  announcedAt: '2026-01-01T10:00:03.000Z',
  retryOf: 'run-0',
  mapId: 'map-1',
  mapIndex: 0,
  trigger: 'CLIENT',
  // With a member of this name, the SDK treats the object as an instance of a class.
  labels: { team: 'a', M: 'b', BOOL: 'c', constructor: 'd' },
  published: { name: 'nightly-deploy', version: 3 },
  debugSession: 'ENABLED',
  lock: 'network-dev',
  lockToken: 1_800_000_001,
  cache: { key: 'npm-1', hit: 'exact', installs: 'miss', restoreSeconds: 1.5, saveSeconds: 0, bytes: 1 },
  computeType: 'BUILD_GENERAL1_SMALL',
  environmentType: 'LINUX_CONTAINER',
  day: '2026-01-01',
  expiresAt: 1_800_000_000,
} satisfies Required<RunRecord>;

/** Returns the type names of an attribute value and of all values in it. */
function typesOf(value: unknown): string[] {
  const [[type, content] = ['', undefined], ...more] = Object.entries(value as object);
  if (more.length > 0) return ['not one type'];
  const inside = type === 'M' || type === 'L' ? Object.values(content as object).flatMap(typesOf) : [];
  return [type, ...inside];
}

/**
 * Type names that are the same in DynamoDB and in Step Functions' SDK integration. Other types have different names
 * there, such as `Bool` and `Nul`, so the state machine must not pass such values on.
 */
const ALIKE = ['S', 'N', 'M', 'L'];

describe('what the machine passes on to DynamoDB', () => {
  const { failure, exportedVariables, finishedAt: _finishedAt, ...before } = record;
  const outcome = {
    status: 'FAILED' as const,
    finishedAt: new Date('2026-01-01T10:00:02.000Z'),
    failure,
    exportedVariables,
    phase: 'BUILD',
    outputKey: record.outputKey,
    result: record.result,
    cache: record.cache,
  };
  const { runId: _runId, ...change } = record;

  it.each([
    ['the record of PrepareRun', marshall(record, { convertClassInstanceToMap: true })],
    [
      'the transition of StartBuild',
      marshalledTransition(transitionOfActiveRun(change)).ExpressionAttributeValues,
    ],
    [
      'the transition of CollectOutcome',
      describeOutcome({ record: before, isRecorded: false, outcome }).transition.ExpressionAttributeValues,
    ],
  ])(
    'The attributes of %s have only types with the same name in DynamoDB and in the SDK for Java',
    (_what, attributes) => {
      const types = new Set(Object.values(attributes).flatMap(typesOf));
      expect([...types].filter((type) => !ALIKE.includes(type))).toEqual([]);
      expect(types).toContain('M');
    },
  );

  it('The record whose attributes are checked has every field of a run record', () => {
    expect(Object.keys(record).sort()).toEqual(Object.keys(runRecordSchema.shape).sort());
  });
});
