import { randomUUID } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';
import type { Objects } from '../ports.js';
import { childMachineArn, executionArn, mapRunArn } from './arns.js';
import type { GroupWriter } from './group-writer.js';
import type { StateGraph } from './interpreter/definition.js';
import type { ExecutionIdentity } from './interpreter/execution-identity.js';
import type {
  ChildEnd,
  ChildInput,
  MapRun,
  MapRunLimits,
  MapRuns,
  NewMapRun,
} from './interpreter/map-run.js';
import { LiveMapRun } from './live-map-run.js';
import type { RunningExecutions } from './running-executions.js';
import {
  mapRunChanges,
  type StoredExecution,
  type StoredMapRun,
  type StoredStates,
} from './stored-states.js';

interface Dependencies {
  readonly context: PlaceContext;
  readonly stored: StoredStates;
  readonly writer: GroupWriter;
  readonly running: RunningExecutions;
  readonly objects: Objects;
}

/** Data that all child executions of a map run share. */
type Family = Pick<StoredExecution, 'machineArn' | 'machineName' | 'revisionId' | 'roleArn' | 'mapRunArn'>;

/** The running map runs. */
export type OpenMapRuns = ReturnType<typeof createMapRuns>;

export function createMapRuns(dependencies: Dependencies) {
  const { context, stored, writer, objects } = dependencies;
  const live = new Map<string, LiveMapRun>();
  const runs: MapRuns = {
    objects,
    async open(parent, run) {
      const family = await familyOf(dependencies, parent, run.label);
      const { mapRunArn: arn, machineArn } = family;
      const { executionArn: ofArn } = parent;
      const counts = new LiveMapRun(
        { arn, machineArn, executionArn: ofArn, startedAtMs: context.clock.now() },
        limitsOf(run),
      );
      live.set(arn, counts);
      const record = (described: StoredMapRun) => writer.add(mapRunChanges(described));
      record(counts.describe());
      await writer.flush();
      return {
        ...openRun(dependencies, counts, family, run.processor),
        arn,
        expect(items, children) {
          counts.expect(items, children);
          record(counts.describe());
        },
        async end(status) {
          if (live.delete(arn)) record(counts.describe(status, context.clock.now()));
          await writer.flush();
        },
      };
    },
  };
  return {
    runs,
    /** Returns a map run with its current counts. */
    get: async (arn: string) => live.get(arn)?.describe() ?? stored.mapRun(arn),
    /** Changes the limits of a map run. @returns false if it has ended */
    update(arn: string, changes: Partial<MapRunLimits>): boolean {
      live.get(arn)?.update(changes);
      return live.has(arn);
    },
    /**
     * Ends the map runs that were running when the local AWS was killed. Call it after their child executions were
     * ended, so that the counts include them.
     */
    async endAbandoned(): Promise<void> {
      for (const arn of await stored.openMapRuns()) {
        const run = await stored.mapRun(arn);
        if (run !== undefined) writer.add(mapRunChanges(await recounted(dependencies, run)));
      }
      await writer.flush();
    },
  };
}

function limitsOf({
  maxConcurrency,
  toleratedFailureCount,
  toleratedFailurePercentage,
}: NewMapRun): MapRunLimits {
  return { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage };
}

async function familyOf(
  { stored }: Dependencies,
  parent: ExecutionIdentity,
  label: string,
): Promise<Family & { readonly mapRunArn: string }> {
  const execution = await stored.execution(parent.executionArn);
  if (execution === undefined) throw new Error(`The execution ${parent.executionArn} is not recorded`);
  const { machineName, revisionId, roleArn } = execution;
  const machineArn = childMachineArn(execution.machineArn, label);
  return { machineArn, machineName, revisionId, roleArn, mapRunArn: mapRunArn(machineArn, randomUUID()) };
}

function openRun(
  dependencies: Dependencies,
  counts: LiveMapRun,
  family: Family,
  processor: StateGraph,
): Omit<MapRun, 'arn' | 'expect' | 'end'> {
  const { context } = dependencies;
  const identityOf = ({ name, input }: ChildInput) => ({
    arn: executionArn(family.machineArn, name),
    name,
    machineArn: family.machineArn,
    input,
  });
  return {
    limits: () => counts.limits,
    startDelayMs: () => context.quotas.reserve({ service: 'states', operation: 'MapRunChildStart' }),
    onUpdate: (listener) => void counts.listeners.push(listener),
    written: ({ itemCount }) => counts.countWritten(itemCount),
    pending: (child) => ({ ...identityOf(child), status: 'PENDING' }),
    async runChild(child, signal) {
      const { itemCount } = child;
      const startedAtMs = context.clock.now();
      counts.count('RUNNING', itemCount);
      const end = await runChild(
        dependencies,
        { ...family, ...identityOf(child), itemCount, startedAtMs, status: 'RUNNING' },
        processor,
        signal,
      ).finally(() => counts.count('RUNNING', itemCount, -1));
      counts.count(end.status, itemCount);
      return end;
    },
  };
}

async function runChild(
  { running, stored }: Dependencies,
  execution: StoredExecution,
  processor: StateGraph,
  signal: AbortSignal,
): Promise<StoredExecution & ChildEnd> {
  const { arn } = execution;
  await running.start(execution, processor);
  const stop = () => void running.stop(arn);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  await running.ended(arn);
  signal.removeEventListener('abort', stop);
  const end = await stored.execution(arn);
  if (end === undefined || end.status === 'RUNNING') throw new Error(`The end of ${arn} is not recorded`);
  return end;
}

/** Returns an interrupted map run with status ABORTED and the counts of its child executions. */
async function recounted({ context, stored }: Dependencies, run: StoredMapRun): Promise<StoredMapRun> {
  const counts = new LiveMapRun(run, run);
  counts.expect(run.itemCounts.total, run.executionCounts.total);
  for await (const arn of stored.executionArns(run.arn)) {
    const child = await stored.execution(arn);
    if (child !== undefined) counts.count(child.status, child.itemCount ?? 1);
  }
  return counts.describe('ABORTED', context.clock.now());
}
