import { ExecutionStatus } from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';

import {
  endOfExecution,
  type ExecutionState,
  outputPrefix,
  recordOfExecution,
} from '../../lib/contract/index.js';
import { A_SHA256, aLayer, aRunRequest } from '../contract/builders.js';

const anExecution = (overrides: Partial<ExecutionState>): ExecutionState => ({
  executionArn: 'arn:aws:states:eu-west-1:000000000000:execution:codeseeder-demo:run-1',
  status: 'RUNNING',
  ...overrides,
});

const OUTPUT_KEY = outputPrefix('arn:aws:codebuild:eu-west-1:000000000000:build/codeseeder-demo:1');
const RESULT = { sha256: A_SHA256, sizeBytes: 17 };

const output = (overrides: object = {}) =>
  JSON.stringify({
    runId: 'run-1',
    status: 'SUCCEEDED',
    outputKey: OUTPUT_KEY,
    result: RESULT,
    exportedVariables: { VPC: 'vpc-1' },
    ...overrides,
  });

describe('endOfExecution', () => {
  it.each(['RUNNING', 'PENDING_REDRIVE'] as const)('An execution that is %s has no end', (status) => {
    expect(endOfExecution(anExecution({ status }))).toBeUndefined();
  });

  it('A succeeded execution ends its run with the output and the exported variables', () => {
    expect(endOfExecution(anExecution({ status: 'SUCCEEDED', output: output() }))).toEqual({
      status: 'SUCCEEDED',
      outputKey: OUTPUT_KEY,
      result: RESULT,
      exportedVariables: { VPC: 'vpc-1' },
    });
  });

  it.each([undefined, '{', '{}', output({ status: 'FAILED' }), output({ status: 'BUILDING' })])(
    'A succeeded execution whose output is %j is an error of the control plane',
    (text) => {
      expect(endOfExecution(anExecution({ status: 'SUCCEEDED', output: text }))).toMatchObject({
        status: 'FAILED',
        failure: { code: 'ControlPlaneError' },
      });
    },
  );

  it.each([
    [{ status: 'ABORTED', error: 'RunCanceled', cause: 'by me' }, 'CANCELED', 'RunCanceled', /^by me$/],
    [{ status: 'ABORTED' }, 'CANCELED', 'RunCanceled', /No reason was given/],
    [
      { status: 'ABORTED', error: 'LockReplaced', cause: 'by run-2' },
      'CANCELED',
      'LockReplaced',
      /^by run-2$/,
    ],
    [{ status: 'ABORTED', error: 'BuildStopped' }, 'CANCELED', 'BuildStopped', /^BuildStopped$/],
    [{ status: 'ABORTED', error: 'BuildFailed', cause: 'c' }, 'CANCELED', 'RunCanceled', /^BuildFailed: c$/],
    [{ status: 'TIMED_OUT', error: 'States.Timeout' }, 'TIMED_OUT', 'RunTimedOut', 'States.Timeout'],
    [{ status: 'FAILED', error: 'BuildTimedOut', cause: 'c' }, 'TIMED_OUT', 'BuildTimedOut', 'c'],
    [{ status: 'FAILED', error: 'RemoteError' }, 'FAILED', 'RemoteError', 'RemoteError'],
    [
      { status: 'FAILED', error: 'States.Runtime', cause: 'c' },
      'FAILED',
      'ControlPlaneError',
      /States.Runtime: c/,
    ],
    [{ status: 'MISSING' }, 'FAILED', 'ControlPlaneError', /execution arn:aws:states.* does not exist/],
  ] as const)('An execution that is %j ends its run as %s with %s', (execution, status, code, message) => {
    expect(endOfExecution(anExecution(execution))).toEqual({
      status,
      failure: { code, message: expect.stringMatching(message) },
    });
  });

  it('Every status of Step Functions ends a run or leaves it active', () => {
    for (const status of Object.values(ExecutionStatus)) {
      expect(() => endOfExecution(anExecution({ status }))).not.toThrow();
    }
  });
});

describe('recordOfExecution', () => {
  const run = { runId: 'run-1', seedkit: 'demo', recordExpirationDays: 90, now: new Date(5_000) };

  it('The record of an execution has what its request says', () => {
    const input = JSON.stringify(aRunRequest({ labels: { stage: 'dev' }, retryOf: 'run-0' }));
    const execution = anExecution({ status: 'ABORTED', startedAt: new Date(1_000), input });

    expect(recordOfExecution(execution, run)).toMatchObject({
      status: 'QUEUED',
      queuedAt: '1970-01-01T00:00:01.000Z',
      bundle: { layers: [aLayer()] },
      labels: { stage: 'dev' },
      retryOf: 'run-0',
      expiresAt: 1 + 90 * 86_400,
    });
  });

  it('The record of an execution whose input is not JSON leaves out what the request would say', () => {
    const record = recordOfExecution(anExecution({ status: 'ABORTED', input: '{' }), run);

    expect(record).toMatchObject({ runId: 'run-1', queuedAt: '1970-01-01T00:00:05.000Z', trigger: 'CLIENT' });
    expect(record.bundle).toBeUndefined();
  });
});
