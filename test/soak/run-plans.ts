import path from 'node:path';

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';

import type { Run, Seedkit } from '../../client/index.js';
import { INBOX_TARGETS_PREFIX, type LockMode, RUN_REQUESTED } from '../../lib/contract/index.js';
import { commandsOf } from './planned-commands.js';
import { type PlannedTarget, referenceOf } from './target-plans.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');

/** The plan for a run: what it does, how it is requested, and when it is canceled. */
export interface RunPlan {
  /**
   * What the run executes. `passes` and `fails` are commands, `adds` and `throws` functions, and `sleeps` waits for
   * its cancel.
   */
  readonly does: RunAction;
  /** How the run is requested. Only the run of a target is requested by the inbox. */
  readonly asked: 'once' | 'twice at once' | 'by an event' | 'by the inbox';
  /** Time from the request to the cancel, in milliseconds; null if the run is not canceled. */
  readonly canceledAfterMs: number | null;
  /** The lock that the run needs. The run of a target has the lock of the published version. */
  readonly lock?: PlannedLock | null;
  /** The published target to start; null for a run that brings its code. */
  readonly target?: PlannedTarget | null;
}

/** What a run does. */
export const RUN_ACTIONS = ['passes', 'fails', 'adds', 'throws', 'sleeps'] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

/** A lock, and what happens to the run while another run holds it. */
export interface PlannedLock {
  readonly lock: string;
  readonly lockMode: LockMode;
}

/** Number of runs per lock. One run in four has a lock. */
const RUNS_OF_LOCK = 100;

/**
 * Returns locks for one in four runs.
 * @param count number of runs
 */
export function randomLock(count: number): fc.Arbitrary<PlannedLock | null> {
  const lock = fc.record<PlannedLock>({
    lock: fc.noBias(fc.integer({ min: 1, max: Math.ceil(count / RUNS_OF_LOCK) })).map((n) => `lock-${n}`),
    lockMode: fc.constantFrom('wait', 'wait', 'wait', 'wait', 'wait', 'wait', 'refuse', 'replace'),
  });
  return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: lock });
}

export function randomPlans(seed: number, count: number): readonly RunPlan[] {
  const plan = fc.record<RunPlan>({
    does: fc.constantFrom('passes', 'passes', 'passes', 'fails', 'adds', 'throws', 'sleeps'),
    asked: fc.constantFrom('once', 'once', 'once', 'twice at once', 'by an event'),
    canceledAfterMs: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.noBias(fc.integer({ min: 0, max: 6_000 })) },
    ),
    lock: randomLock(count),
  });
  const target = fc.record({
    asked: fc.constantFrom('once', 'twice at once', 'by an event', 'by the inbox'),
    target: fc.record<PlannedTarget>({
      chosen: fc.constantFrom('newest', 'newest', 'newest', 'first', 'alias', 'alias', 'missing'),
    }),
  });
  const ofTarget = fc
    .tuple(plan, target)
    .map(([run, { asked, target: chosen }]): RunPlan => ({ ...run, asked, lock: null, target: chosen }));
  const all = fc.oneof({ weight: 4, arbitrary: plan }, { weight: 1, arbitrary: ofTarget });
  return fc.sample(fc.noBias(all), { seed, numRuns: count });
}

/** Requests the run as planned. @returns whether the request was acknowledged */
export async function ask(
  plan: RunPlan,
  runId: string,
  kit: Seedkit,
  { eventBus, bucket }: { readonly eventBus: string; readonly bucket: string },
): Promise<boolean> {
  if (plan.asked === 'by an event') return putRequest(plan, runId, eventBus);
  if (plan.asked === 'by the inbox') return putObject(plan, runId, bucket);
  const times = plan.asked === 'once' ? 1 : 2;
  const asked = await Promise.allSettled(Array.from({ length: times }, () => submit(plan, runId, kit)));
  const accepted = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  return accepted.length > 0;
}

function submit({ does, lock, target }: RunPlan, runId: string, kit: Seedkit): Promise<Run<unknown>> {
  if (target) return kit.target(referenceOf(target, does, runId), { runId }).submit(...argsOf(does, runId));
  if (does === 'adds') return kit.submitFunction(VALUES, 'add', argsOf(does, runId), { runId, ...lock });
  if (does === 'throws')
    return kit.submitFunction(VALUES, 'deployNetwork', argsOf(does, runId), { runId, ...lock });
  return kit.submitCommands(commandsOf(does, lock?.lock), {
    runId,
    build: { exportedVariables: ['PROOF'] },
    ...lock,
  });
}

/** Returns the arguments of the function that a run calls; none for commands. */
export function argsOf(does: RunAction, runId: string): unknown[] {
  if (does === 'adds') return [runNumber(runId), 1];
  return does === 'throws' ? ['soak'] : [];
}

/** Returns the `Run Requested` event of a plan. */
function requestedOf({ does, lock, target }: RunPlan, runId: string): object {
  if (target) return { target: referenceOf(target, does, runId), args: argsOf(does, runId), runId };
  const done = does === 'adds' || does === 'throws' ? 'passes' : does;
  return {
    version: 1,
    runId,
    invocation: { kind: 'commands', target: commandsOf(done, lock?.lock) },
    build: { exportedVariables: ['PROOF'] },
    ...lock,
  };
}

async function putRequest(plan: RunPlan, runId: string, eventBus: string): Promise<boolean> {
  const entry = {
    EventBusName: eventBus,
    Source: 'soak',
    DetailType: RUN_REQUESTED,
    Detail: JSON.stringify(requestedOf(plan, runId)),
  };
  try {
    const { FailedEntryCount } = await new EventBridgeClient({}).send(
      new PutEventsCommand({ Entries: [entry] }),
    );
    return FailedEntryCount === 0;
  } catch {
    return false;
  }
}

/** Puts an object into the inbox that starts the planned target. */
async function putObject({ does, target }: RunPlan, runId: string, Bucket: string): Promise<boolean> {
  const reference = referenceOf(target ?? { chosen: 'newest' }, does, runId);
  const [name] = reference.split('@');
  const Body = JSON.stringify({ target: reference, args: argsOf(does, runId), runId });
  const Key = `${INBOX_TARGETS_PREFIX}${name}/${runId}.request.json`;
  try {
    await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket, Key, Body }));
    return true;
  } catch {
    return false;
  }
}

/** Returns the number at the end of a run's id. */
export function runNumber(runId: string): number {
  return Number(runId.split('-').at(-1));
}
