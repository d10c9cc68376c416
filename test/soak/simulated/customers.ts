import { createHash } from 'node:crypto';

import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';

import {
  INBOX_TARGETS_PREFIX,
  type Invocation,
  isTerminal,
  layerKey,
  type LayerReference,
  parseRunRequest,
  RUN_REQUESTED,
  type RunInput,
  type RunRequest,
  startedTargetSchema,
} from '../../../lib/contract/index.js';
import { startExecution } from '../../../lib/run-store/execution.js';
import { putInput } from '../../../lib/run-store/files.js';
import type { AskedRun } from '../invariants.js';
import { argsOf, type RunPlan } from '../run-plans.js';
import { type PlannedTarget, referenceOf } from '../target-plans.js';
import { STATE_MACHINE_ARN } from './executions.js';
import { etagOf } from './objects.js';
import { storeTargets } from './stored-targets.js';
import type { World } from './world.js';

const LAYER_BYTES = Buffer.from('the code of all functions');
const LAYER_DIGEST = createHash('sha256').update(LAYER_BYTES).digest('hex');
const LAYER: LayerReference = {
  key: layerKey(LAYER_DIGEST),
  digest: LAYER_DIGEST,
  checksumSha256: createHash('sha256').update(LAYER_BYTES).digest('base64'),
  sizeBytes: LAYER_BYTES.length,
};

const LOOK_EVERY_MS = 5_000;
/** Maximum time for which a customer waits for a run, before it requests the next one. */
const PATIENCE_MS = 2 * 3_600_000;
/** Time until a run that sleeps is canceled. */
const SLEEPER_CANCELED_AFTER_MS = 90_000;
/**
 * Of the cancels of runs that do not sleep, half are sent within seconds after the request. For the rest, the planned
 * delay is multiplied by this factor, so they are sent after minutes.
 */
const LATE_CANCEL = 60;

/**
 * Requests the runs as a number of customers, each of which requests one run after the other. Cancels the runs whose
 * plan says so.
 */
export async function serveCustomers(
  world: World,
  plans: ReadonlyMap<string, RunPlan>,
  customers: number,
): Promise<AskedRun[]> {
  world.objects.operations.PutObject({ Key: LAYER.key, Body: LAYER_BYTES });
  storeTargets(world, LAYER, LAYER_BYTES);
  const waiting = plans.entries();
  const asked: AskedRun[] = [];
  const serve = async () => {
    for (const [runId, plan] of waiting) {
      const canceling = cancelLater(world, runId, plan);
      const acknowledged = await ask(world, runId, plan);
      asked.push({ runId, plan, acknowledged });
      if (acknowledged && plan.target?.chosen !== 'missing') await untilOver(world, runId);
      await canceling;
    }
  };
  await Promise.all(Array.from({ length: customers }, serve));
  return asked;
}

/** Cancels a run. A failed cancel is repeated after the faults were switched off. */
export async function cancel(world: World, runId: string): Promise<void> {
  const executionArn = `${STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${runId}`;
  try {
    const command = new StopExecutionCommand({
      executionArn,
      error: 'RunCanceled',
      cause: 'The soak ends it.',
    });
    await world.client(SFNClient, 'states').send(command);
  } catch {
    // The run does not exist, has ended, or the call failed at random.
  }
}

async function cancelLater(world: World, runId: string, plan: RunPlan): Promise<void> {
  const { time, random } = world;
  if (plan.does === 'sleeps') await time.sleep(SLEEPER_CANCELED_AFTER_MS * random());
  else if (plan.canceledAfterMs === null) return;
  else await time.sleep(plan.canceledAfterMs * (random() < 0.5 ? 1 : LATE_CANCEL));
  await cancel(world, runId);
}

/**
 * Requests a run.
 * @returns whether the request was acknowledged
 */
async function ask(world: World, runId: string, plan: RunPlan): Promise<boolean> {
  if (plan.target) return startTarget(world, runId, plan, plan.target);
  if (plan.asked === 'by an event') {
    const detail = {
      version: 1,
      runId,
      invocation: invocationOf({ ...plan, does: 'passes' }),
      build: PROVEN,
      ...plan.lock,
    };
    world.publish('codeseeder-demo', { source: 'soak', 'detail-type': RUN_REQUESTED, detail });
    return true;
  }
  const times = plan.asked === 'once' ? 1 : 2;
  const answers = await Promise.allSettled(Array.from({ length: times }, () => submit(world, runId, plan)));
  return answers.some(({ status }) => status === 'fulfilled');
}

/**
 * Starts a published target.
 * @returns whether the start was acknowledged
 */
async function startTarget(
  world: World,
  runId: string,
  { does, asked }: RunPlan,
  chosen: PlannedTarget,
): Promise<boolean> {
  const target = referenceOf(chosen, does, runId);
  const start = { target, runId, args: argsOf(does, runId) };
  if (asked === 'by an event') {
    world.publish('codeseeder-demo', { source: 'soak', 'detail-type': RUN_REQUESTED, detail: start });
    return true;
  }
  if (asked === 'by the inbox') {
    const [name] = target.split('@');
    fillInbox(world, `${INBOX_TARGETS_PREFIX}${name}/${runId}.request.json`, start);
    return true;
  }
  const times = asked === 'once' ? 1 : 2;
  const answers = await Promise.allSettled(
    Array.from({ length: times }, () => world.invoke('start-target', start)),
  );
  return answers.some(
    (answer) =>
      answer.status === 'fulfilled' &&
      answer.value.functionError === undefined &&
      startedTargetSchema.safeParse(JSON.parse(answer.value.payload)).success,
  );
}

/** Puts an object into the inbox, and delivers its event. */
function fillInbox(world: World, key: string, start: object): void {
  const content = Buffer.from(JSON.stringify(start));
  world.objects.operations.PutObject({ Key: key, Body: content });
  const object = { key, etag: etagOf(content).replaceAll('"', '') };
  void world.functions.deliver('start-run', {
    id: key.replaceAll(/[^\w-]/g, '-'),
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'bucket' }, object },
  });
}

const PROVEN = { exportedVariables: ['PROOF'] };

async function submit(world: World, runId: string, plan: RunPlan): Promise<void> {
  const s3 = world.client(S3Client, 's3');
  const content = Buffer.from(JSON.stringify(invocationOf(plan)));
  const input = await putInput(runId, content, { s3, bucket: 'bucket' });
  const sfn = world.client(SFNClient, 'states');
  await startExecution(requestOf(runId, input, plan), { sfn, stateMachineArn: STATE_MACHINE_ARN });
}

function requestOf(runId: string, input: RunInput, { does, lock }: RunPlan): RunRequest {
  const isFunction = does === 'adds' || does === 'throws';
  return parseRunRequest({
    version: 1,
    runId,
    seedkit: 'demo',
    bundle: isFunction ? { layers: [LAYER] } : undefined,
    input,
    build: isFunction ? {} : PROVEN,
    ...lock,
  });
}

/** The invocation is only stored. The simulated build does what the plan says. */
function invocationOf({ does }: RunPlan): Invocation {
  if (does !== 'adds' && does !== 'throws') return { kind: 'commands', target: [does] };
  return { kind: 'node', target: { module: 'values.ts', exportName: does }, args: [] };
}

async function untilOver({ time, record }: World, runId: string): Promise<void> {
  const deadlineMs = time.now() + PATIENCE_MS;
  while (time.now() < deadlineMs) {
    const found = record(runId);
    if (found !== undefined && isTerminal(found.status)) return;
    await time.sleep(LOOK_EVERY_MS);
  }
}
