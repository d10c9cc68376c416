import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';

import { isTerminal, parseRunRequest } from '../../lib/contract/index.js';
import { startExecution } from '../../lib/run-store/execution.js';
import { putInput } from '../../lib/run-store/files.js';
import { STATE_MACHINE_ARN } from './simulated/executions.js';
import { NO_METER } from './simulated/meter.js';
import { createWorld, type World } from './simulated/world.js';

const RUNS = 60;
const BUILD_MINUTES = 3;
const LOOK_EVERY_MS = 60_000;
const INVOCATION = Buffer.from(JSON.stringify({ kind: 'commands', target: ['true'] }));

async function submit(world: World, runId: string): Promise<void> {
  const input = await putInput(runId, INVOCATION, { s3: world.client(S3Client, 's3'), bucket: 'bucket' });
  const request = parseRunRequest({ version: 1, runId, seedkit: 'demo', input, build: {} });
  await startExecution(request, {
    sfn: world.client(SFNClient, 'states', 20),
    stateMachineArn: STATE_MACHINE_ARN,
  });
}

describe('Sixty runs at once under the request rates of AWS, in simulated time', () => {
  it('If all build events of 60 runs are lost, every run succeeds, no build is stopped, and no run is announced twice', async () => {
    const requests: Record<string, number> = {};
    const world = createWorld({
      seed: 1,
      faultShare: 0,
      losesEvents: true,
      quotas: 'aws',
      buildConcurrency: RUNS,
      workOf: () => ({ seconds: BUILD_MINUTES * 60, succeeds: true, exported: {}, upload: () => undefined }),
      onWrite: () => undefined,
      meter: {
        ...NO_METER,
        request: (_service, operation) => (requests[operation] = (requests[operation] ?? 0) + 1),
      },
    });
    world.network.isFaulty = false;
    await Promise.all(Array.from({ length: RUNS }, (_, number) => submit(world, `run-${number}`)));
    while (world.records().filter(({ status }) => isTerminal(status)).length < RUNS) {
      await world.time.sleep(LOOK_EVERY_MS);
    }
    await world.time.sleep(LOOK_EVERY_MS);
    world.time.stop();

    const ends = world.records().map(({ status }) => status);
    expect(ends).toEqual(Array.from({ length: RUNS }, () => 'SUCCEEDED'));
    expect(requests['StopBuild']).toBeUndefined();
    expect(world.builds.all()).toHaveLength(RUNS);
    const announced = world.changes.filter(({ status }) => status === 'SUCCEEDED').map(({ runId }) => runId);
    expect([announced.length, new Set(announced).size]).toEqual([RUNS, RUNS]);
    // Fails if no requests were throttled, because the test would then check nothing.
    expect(world.network.throttled['BatchGetBuilds']).toBeGreaterThan(RUNS);
    expect(world.network.throttled['StartBuild']).toBeGreaterThan(RUNS);
  }, 180_000);
});

describe('The events of a build', () => {
  it('The events of a build invoke `wake-run` four times: for PROVISIONING, INSTALL, BUILD and the end', async () => {
    const invocations: string[] = [];
    const phases: string[] = [];
    const world = createWorld({
      seed: 1,
      random: () => 0,
      faultShare: 0,
      quotas: 'aws',
      buildConcurrency: 1,
      workOf: () => ({ seconds: 60, succeeds: true, exported: {}, upload: () => undefined }),
      onWrite: (_before, { phase }) => {
        const name = phase?.S;
        if (typeof name === 'string' && name !== phases.at(-1)) phases.push(name);
      },
      meter: { ...NO_METER, invocation: (handler) => invocations.push(handler) },
    });
    world.network.isFaulty = false;
    await submit(world, 'run');
    await world.time.sleep(LOOK_EVERY_MS * BUILD_MINUTES);
    world.time.stop();

    expect(world.record('run')?.status).toBe('SUCCEEDED');
    expect(invocations.filter((handler) => handler === 'wake-run')).toHaveLength(4);
    expect(phases).toEqual(['PROVISIONING', 'INSTALL', 'BUILD', 'COMPLETED']);
  });
});
