import { isDeepStrictEqual } from 'node:util';

import type { Build } from '@aws-sdk/client-codebuild';

import type { Seedkit } from '../../client/index.js';
import { isTerminal, type RunRecord, type RunStateChange } from '../../lib/contract/index.js';
import { groupBy } from './group-by.js';
import type { Observer } from './observer.js';
import { proofOf, type RunPlan, runNumber } from './run-plans.js';

/** Sees that the end of a run, once it is there, never changes. */
export interface EndsWatch {
  look(records: readonly RunRecord[]): void;
  readonly breaches: readonly string[];
}

export function watchEnds(): EndsWatch {
  const ends = new Map<string, string>();
  const breaches: string[] = [];
  return {
    breaches,
    look(records) {
      for (const { runId, status, finishedAt, failure } of records) {
        if (!isTerminal(status)) continue;
        const end = `${status} at ${finishedAt} (${failure?.code ?? 'passed'})`;
        const first = ends.get(runId) ?? end;
        ends.set(runId, first);
        if (first !== end) breaches.push(`${runId} had ended as ${first} and then ended as ${end}`);
      }
    },
  };
}

/** A run that was asked for. */
export interface AskedRun {
  readonly runId: string;
  readonly plan: RunPlan;
  readonly acknowledged: boolean;
}

/**
 * What must hold once nothing befalls calls any more and the sweep had its turns.
 * @returns a sentence for each breach
 */
export async function breachesOf(
  asked: readonly AskedRun[],
  { observer, kit }: { observer: Observer; kit: Seedkit },
): Promise<string[]> {
  const records = new Map((await observer.records()).map((record) => [record.runId, record]));
  const events = groupBy(await observer.events(), ({ runId }) => runId);
  const builds = groupBy(await observer.builds(), runOfBuild);
  const found = [...builds.values()].flat().flatMap(goesOn);
  for (const run of asked) {
    const record = records.get(run.runId);
    if (record === undefined) {
      if (run.acknowledged || (await observer.hasExecution(run.runId)))
        found.push(`${run.runId} was accepted and has no record`);
      continue;
    }
    found.push(
      ...unended(record),
      ...unannounced(record, events.get(run.runId) ?? []),
      ...builtTwice(record, builds.get(run.runId) ?? []),
      ...(await unproven(run, record, kit)),
    );
  }
  return found;
}

function runOfBuild({ environment }: Build): string {
  return environment?.environmentVariables?.find(({ name }) => name === 'CODESEEDER_RUN_ID')?.value ?? '';
}

function goesOn({ id, buildComplete }: Build): string[] {
  return buildComplete === true ? [] : [`the build ${id} goes on though all runs are over`];
}

function unended({ runId, status }: RunRecord): string[] {
  return isTerminal(status) ? [] : [`${runId} is still ${status}`];
}

function unannounced(record: RunRecord, events: readonly RunStateChange[]): string[] {
  const ends = events.filter(({ status }) => isTerminal(status));
  if (ends.length === 0) return [`${record.runId} ended as ${record.status} and no event told so`];
  return ends.flatMap((event) => {
    const wrong = Object.entries(event).filter(
      ([name, value]) => name !== 'version' && !isDeepStrictEqual(value, record[name as keyof RunRecord]),
    );
    if (wrong.length === 0) return [];
    const told = wrong.map(
      ([name, value]) =>
        `${name} ${JSON.stringify(value)}, recorded ${JSON.stringify(record[name as keyof RunRecord])}`,
    );
    return [`an event of the end of ${record.runId} told ${told.join('; ')}`];
  });
}

function builtTwice({ runId, buildId }: RunRecord, builds: readonly Build[]): string[] {
  const extra = builds.filter(({ id, buildStatus }) => id !== buildId && buildStatus !== 'STOPPED');
  return extra.map(
    ({ id, buildStatus }) => `${runId} has the build ${buildId} and also ${id}, ${buildStatus}`,
  );
}

/** A run that passed says what only its own build can know, and a run that cannot pass has not passed. */
async function unproven({ runId, plan }: AskedRun, record: RunRecord, kit: Seedkit): Promise<string[]> {
  if (record.status !== 'SUCCEEDED') {
    return record.failure === undefined ? [`${runId} is ${record.status} and does not say why`] : [];
  }
  if (plan.does === 'adds' && plan.asked !== 'by an event') {
    const value = await (await kit.attach(runId)).result();
    return value === runNumber(runId) + 1 ? [] : [`${runId} returned ${String(value)}`];
  }
  const proof = record.exportedVariables?.['PROOF'];
  const mayPass = plan.does === 'passes' || plan.asked === 'by an event';
  if (mayPass && proof === proofOf(runId)) return [];
  return [`${runId}, which ${plan.does}, passed with the proof ${String(proof)}`];
}
