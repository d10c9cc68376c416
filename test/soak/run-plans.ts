import path from 'node:path';

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import fc from 'fast-check';

import type { Run, Seedkit } from '../../client/index.js';
import { type LockMode, RUN_REQUESTED } from '../../lib/contract/index.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');

/** The plan for a run: what it does, how it is requested, and when it is canceled. */
export interface RunPlan {
  /**
   * What the run executes. `passes` and `fails` are commands, `adds` and `throws` functions, and `sleeps` waits for
   * its cancel.
   */
  readonly does: 'passes' | 'fails' | 'adds' | 'throws' | 'sleeps';
  readonly asked: 'once' | 'twice at once' | 'by an event';
  /** Time from the request to the cancel, in milliseconds; null if the run is not canceled. */
  readonly canceledAfterMs: number | null;
  /** The lock that the run needs. */
  readonly lock?: PlannedLock | null;
}

/** A lock, and what happens to the run while another run holds it. */
export interface PlannedLock {
  readonly lock: string;
  readonly lockMode: LockMode;
}

/** Number of runs per lock. One run in four has a lock. */
const RUNS_OF_LOCK = 100;

export function randomPlans(seed: number, count: number): readonly RunPlan[] {
  const plan = fc.record<RunPlan>({
    does: fc.constantFrom('passes', 'passes', 'passes', 'fails', 'adds', 'throws', 'sleeps'),
    asked: fc.constantFrom('once', 'once', 'once', 'twice at once', 'by an event'),
    canceledAfterMs: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.noBias(fc.integer({ min: 0, max: 6_000 })) },
    ),
    lock: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      {
        weight: 1,
        arbitrary: fc.record<PlannedLock>({
          lock: fc
            .noBias(fc.integer({ min: 1, max: Math.ceil(count / RUNS_OF_LOCK) }))
            .map((n) => `lock-${n}`),
          lockMode: fc.constantFrom('wait', 'wait', 'wait', 'wait', 'wait', 'wait', 'refuse', 'replace'),
        }),
      },
    ),
  });
  return fc.sample(fc.noBias(plan), { seed, numRuns: count });
}

/**
 * Returns a text that only the run's own build can return: as an exported variable, or as the function's value.
 */
export const proofOf = (runId: string) => `${runId} has run`;

const COMMANDS: Readonly<Record<'passes' | 'fails' | 'sleeps', string>> = {
  passes: 'true',
  fails: 'exit 3',
  // Longer than the soak waits, so the run ends only by its cancel.
  sleeps: 'sleep 3000',
};

/** Requests the run as planned. @returns whether the request was acknowledged */
export async function ask(plan: RunPlan, runId: string, kit: Seedkit, eventBus: string): Promise<boolean> {
  if (plan.asked === 'by an event') return putRequest(plan, runId, eventBus);
  const times = plan.asked === 'once' ? 1 : 2;
  const asked = await Promise.allSettled(Array.from({ length: times }, () => submit(plan, runId, kit)));
  const accepted = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  return accepted.length > 0;
}

function submit({ does, lock }: RunPlan, runId: string, kit: Seedkit): Promise<Run<unknown>> {
  if (does === 'adds') return kit.submitFunction(VALUES, 'add', [runNumber(runId), 1], { runId, ...lock });
  if (does === 'throws') return kit.submitFunction(VALUES, 'deployNetwork', ['soak'], { runId, ...lock });
  return kit.submitCommands(commandsOf(does, runId), {
    runId,
    build: { exportedVariables: ['PROOF'] },
    ...lock,
  });
}

async function putRequest({ does, lock }: RunPlan, runId: string, eventBus: string): Promise<boolean> {
  const target = commandsOf(does === 'adds' || does === 'throws' ? 'passes' : does, runId);
  const detail = {
    version: 1,
    runId,
    invocation: { kind: 'commands', target },
    build: { exportedVariables: ['PROOF'] },
    ...lock,
  };
  const entry = {
    EventBusName: eventBus,
    Source: 'soak',
    DetailType: RUN_REQUESTED,
    Detail: JSON.stringify(detail),
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

function commandsOf(does: 'passes' | 'fails' | 'sleeps', runId: string): string[] {
  return [`export PROOF="${runId} has $(echo run)"`, COMMANDS[does]];
}

/** Returns the number at the end of a run's id. */
export function runNumber(runId: string): number {
  return Number(runId.split('-').at(-1));
}
