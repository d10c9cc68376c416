import { isDeepStrictEqual } from 'node:util';

import type { Build } from '@aws-sdk/client-codebuild';

import {
  isTerminal,
  type LockState,
  type RunRecord,
  type RunRefused,
  type RunStateChange,
} from '../../lib/contract/index.js';
import { groupBy } from './group-by.js';
import { lockBreaches } from './lock-invariants.js';
import { proofOf } from './planned-commands.js';
import type { StoredVersion } from './publisher.js';
import { type RunPlan, runNumber } from './run-plans.js';
import { editionOf, refusalBreaches, targetBreaches } from './target-invariants.js';
import { addedBy } from './target-plans.js';

/** The kinds of broken invariants. */
export type BreachKind =
  | 'end changed'
  | 'stepped back'
  | 'no record'
  | 'not ended'
  | 'not announced'
  | 'announced otherwise'
  | 'build goes on'
  | 'built twice'
  | 'build stopped'
  | 'no reason'
  | 'lock held twice'
  | 'lock out of order'
  | 'lock left'
  | 'wrong version'
  | 'not refused'
  | 'wrong map'
  | 'wrong result';

export interface Breach {
  readonly kind: BreachKind;
  readonly runId: string;
  /** What is wrong, as a sentence for the report. */
  readonly message: string;
}

/** Checks that a recorded end never changes. */
export interface EndsWatch {
  look(records: readonly RunRecord[]): void;
  readonly breaches: readonly Breach[];
}

export function watchEnds(): EndsWatch {
  const ends = new Map<string, string>();
  const breaches: Breach[] = [];
  return {
    breaches,
    look(records) {
      for (const { runId, status, finishedAt, failure } of records) {
        if (!isTerminal(status)) continue;
        const end = `${status} at ${finishedAt} (${failure?.code ?? 'passed'})`;
        const first = ends.get(runId) ?? end;
        ends.set(runId, first);
        if (first === end) continue;
        const message = `${runId} had ended as ${first} and then ended as ${end}`;
        breaches.push({ kind: 'end changed', runId, message });
      }
    },
  };
}

/** Reads the data that the invariants compare. */
export interface Facts {
  records(): Promise<RunRecord[]>;
  events(): Promise<RunStateChange[]>;
  builds(): Promise<Build[]>;
  locks(): Promise<LockState[]>;
  /** Returns every `Run Refused`. */
  refusals(): Promise<RunRefused[]>;
  /** Returns all versions of the published targets. */
  versions(): Promise<StoredVersion[]>;
  hasExecution(runId: string): Promise<boolean>;
  /** Returns the value of a successful run. */
  valueOf(runId: string): Promise<unknown>;
}

/** A run that was requested. */
export interface AskedRun {
  readonly runId: string;
  readonly plan: RunPlan;
  readonly acknowledged: boolean;
  /** Number of the newest version of the target that was published before the request. */
  readonly newestBefore?: number;
}

/** Checks the invariants. Call it after the faults were switched off and `reconcile-run` has run. */
export async function breachesOf(asked: readonly AskedRun[], facts: Facts): Promise<Breach[]> {
  const records = new Map((await facts.records()).map((record) => [record.runId, record]));
  const events = groupBy(await facts.events(), ({ runId }) => runId);
  const allBuilds = await facts.builds();
  const builds = groupBy(allBuilds, runOfBuild);
  const [refusals, versions] = [await facts.refusals(), await facts.versions()];
  const found = [
    ...[...builds].flatMap(([runId, ofRun]) => goesOn(runId, ofRun)),
    ...lockBreaches([...records.values()], allBuilds, await facts.locks()),
  ];
  for (const run of asked) {
    const { runId } = run;
    const record = records.get(runId);
    if (run.plan.target?.chosen === 'missing') {
      const exists = record !== undefined || (await facts.hasExecution(runId));
      found.push(...refusalBreaches(run, { exists, refusals }));
      continue;
    }
    if (record === undefined) {
      if (run.acknowledged || (await facts.hasExecution(runId)))
        found.push({ kind: 'no record', runId, message: `${runId} was accepted and has no record` });
      continue;
    }
    found.push(
      ...unended(record),
      ...unannounced(record, events.get(runId) ?? []),
      ...builtTwice(record, builds.get(runId) ?? []),
      ...stopped(run, record, builds.get(runId) ?? []),
      ...targetBreaches(run, record, builds.get(runId) ?? [], versions),
      ...(await unproven(run, record, facts)),
    );
  }
  return found;
}

function runOfBuild({ environment }: Build): string {
  return environment?.environmentVariables?.find(({ name }) => name === 'CODESEEDER_RUN_ID')?.value ?? '';
}

function goesOn(runId: string, builds: readonly Build[]): Breach[] {
  return builds
    .filter(({ buildComplete }) => buildComplete !== true)
    .map(({ id }) => {
      return { kind: 'build goes on', runId, message: `the build ${id} goes on though all runs are over` };
    });
}

function unended({ runId, status }: RunRecord): Breach[] {
  return isTerminal(status) ? [] : [{ kind: 'not ended', runId, message: `${runId} is still ${status}` }];
}

function unannounced(record: RunRecord, events: readonly RunStateChange[]): Breach[] {
  const { runId, status } = record;
  const ends = events.filter((event) => isTerminal(event.status));
  if (ends.length === 0) {
    return [
      { kind: 'not announced', runId, message: `${runId} is ${status} and no event announced its end` },
    ];
  }
  return ends.flatMap((event): Breach[] => {
    const wrong = Object.entries(event).filter(
      ([name, value]) => name !== 'version' && !isDeepStrictEqual(value, record[name as keyof RunRecord]),
    );
    if (wrong.length === 0) return [];
    const differences = wrong.map(
      ([name, value]) =>
        `${name} ${JSON.stringify(value)}, recorded ${JSON.stringify(record[name as keyof RunRecord])}`,
    );
    const message = `an event announced the end of ${runId} with ${differences.join('; ')}`;
    return [{ kind: 'announced otherwise', runId, message }];
  });
}

function builtTwice({ runId, buildId }: RunRecord, builds: readonly Build[]): Breach[] {
  const extra = builds.filter(({ id, buildStatus }) => id !== buildId && buildStatus !== 'STOPPED');
  return extra.map(({ id, buildStatus }) => {
    const message = `${runId} has the build ${buildId} and also ${id}, ${buildStatus}`;
    return { kind: 'built twice', runId, message };
  });
}

/** Describes the runs that the control plane gave up, because a handler failed at each of its attempts. */
export function describeGivenUp(records: readonly RunRecord[]): string[] {
  return records.filter(isGivenUp).map(({ runId, failure }) => `${runId}: ${failure?.message}`);
}

function isGivenUp({ failure }: RunRecord): boolean {
  return failure?.code === 'ControlPlaneError';
}

/** Checks that a build was stopped only if its run was canceled or given up. */
function stopped({ runId, plan }: AskedRun, record: RunRecord, builds: readonly Build[]): Breach[] {
  const mayStop = plan.does === 'sleeps' || plan.canceledAfterMs !== null || isGivenUp(record);
  const { buildId } = record;
  const build = builds.find(({ id, buildStatus }) => id === buildId && buildStatus === 'STOPPED');
  if (mayStop || build === undefined) return [];
  const message = `the build ${buildId} of ${runId} was stopped though nobody canceled the run`;
  return [{ kind: 'build stopped', runId, message }];
}

/**
 * Checks that a successful run has a value that only its own build can have returned, and that its plan allows it to
 * succeed.
 */
async function unproven(run: AskedRun, record: RunRecord, facts: Facts): Promise<Breach[]> {
  const { runId, plan } = run;
  if (record.status !== 'SUCCEEDED') {
    if (record.failure !== undefined) return [];
    return [{ kind: 'no reason', runId, message: `${runId} is ${record.status} without a reason` }];
  }
  const wrong = (message: string): Breach[] => [{ kind: 'wrong result', runId, message }];
  const edition = editionOf(run, record);
  const isByEvent = plan.asked === 'by an event' && edition === undefined;
  if (plan.does === 'adds' && !isByEvent) {
    const value = await facts.valueOf(runId);
    return value === runNumber(runId) + addedBy(edition ?? 1)
      ? []
      : wrong(`${runId} returned ${String(value)}`);
  }
  const proof = record.exportedVariables?.['PROOF'];
  const mayPass = plan.does === 'passes' || isByEvent;
  if (mayPass && proof === proofOf(runId)) return [];
  return wrong(`${runId}, which ${plan.does}, passed with the proof ${String(proof)}`);
}
