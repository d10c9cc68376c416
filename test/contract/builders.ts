import { bundleKey, invocationKey, type RunRecord, type RunRequest } from '../../lib/contract/index.js';

export const A_SHA256 = 'a'.repeat(64);

/** A run request that is valid as it is. */
export function aRunRequest(overrides: Partial<RunRequest> = {}): RunRequest {
  const runId = overrides.runId ?? 'run-1';
  return {
    version: 1,
    runId,
    seedkit: 'demo',
    bundle: { key: bundleKey(A_SHA256), sha256: A_SHA256, sizeBytes: 1234 },
    input: { key: invocationKey(runId) },
    build: {},
    ...overrides,
  };
}

/** The record of a run that has just been queued. */
export function aRunRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    runId: 'run-1',
    status: 'QUEUED',
    seedkit: 'demo',
    executionArn: 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo:run-1',
    queuedAt: '2026-03-01T10:00:00.000Z',
    day: '2026-03-01',
    trigger: 'CLIENT',
    expiresAt: 1_803_895_200,
    ...overrides,
  };
}
