import { setFlagsFromString } from 'node:v8';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';

import {
  createQuotas,
  type LimitedCall,
  type Quotas,
  type QuotasOption,
} from '../../lib/local/quotas/quotas.js';
import { type OpenedMaps, openMaps, type Run } from '../control-plane/map-runs.js';
import { closeOpened } from '../local/states/open-states.js';

export interface LargeMapOptions {
  readonly inputs: number;
  readonly concurrency: number;
  readonly quotas: QuotasOption;
  readonly onProgress?: (line: string) => void;
}

export interface LargeMapReport {
  /** Duration of the map in simulated minutes. */
  readonly minutes: number;
  readonly mostRunning: number;
  /** Number of refused or delayed calls by operation. */
  readonly throttled: Readonly<Record<string, number>>;
  /** Size of the heap after each tenth of the inputs, in bytes. */
  readonly keptBytes: readonly number[];
  readonly breaches: readonly string[];
}

/** Duration of each run in simulated seconds. */
const RUN_SECONDS = 60;
/**
 * Factor by which simulated time is faster than real time. At this speed, 1,000 runs per simulated minute keep one
 * processor busy.
 */
const SPEED = 2;
const FAILS = (index: number) => index % 20 === 7;

/**
 * Runs one map over many inputs in simulated time, with the real handler, both state machines in the interpreter of
 * the local AWS, and an account's quotas. Checks that each input ran once and was counted once.
 */
export async function largeMap({
  inputs,
  concurrency,
  quotas,
  onProgress,
}: LargeMapOptions): Promise<LargeMapReport> {
  const throttled: Record<string, number> = {};
  const maps = await openMaps(SPEED, (clock) =>
    counting(createQuotas(quotas, { region: 'eu-central-1', clock }), throttled),
  );
  try {
    const runs = Array.from({ length: inputs }, (_, index): Run => {
      return { end: FAILS(index) ? 'FAILED' : 'SUCCEEDED', seconds: RUN_SECONDS };
    });
    const beganMs = maps.nowMs();
    const executionArn = await maps.start({ runs, concurrency });
    const keptBytes: number[] = [];
    const watching = setInterval(() => {
      maps.place.events.length = 0;
      const { succeeded, failed } = maps.state();
      const done = succeeded.length + failed.length;
      if (done < ((keptBytes.length + 1) * inputs) / 10) return;
      keptBytes.push(usedBytes());
      onProgress?.(
        `${done} of ${inputs} after ${minutesSince(beganMs, maps)} min, ${Math.round((keptBytes.at(-1) ?? 0) / 1024 ** 2)} MiB`,
      );
    }, 1_000);
    const { error, cause } = await maps.place.ended(executionArn).finally(() => clearInterval(watching));
    return {
      minutes: minutesSince(beganMs, maps),
      mostRunning: maps.table.mostRunning,
      throttled,
      keptBytes,
      breaches: breachesOf(maps.state(), inputs, `${String(error)}: ${String(cause)}`),
    };
  } finally {
    await closeOpened();
  }
}

const minutesSince = (beganMs: number, { nowMs }: OpenedMaps): number =>
  Math.round((nowMs() - beganMs) / 6_000) / 10;

/** Returns quotas that count the calls that they refuse or delay. */
function counting(quotas: Quotas, counts: Record<string, number>): Quotas {
  const count = ({ service, operation }: LimitedCall) => {
    const name = `${service} ${operation}`;
    counts[name] = (counts[name] ?? 0) + 1;
  };
  return {
    concurrentInvocations: quotas.concurrentInvocations,
    take(call) {
      try {
        quotas.take(call);
      } catch (error) {
        count(call);
        throw error;
      }
    },
    reserve(call) {
      const waitMs = quotas.reserve(call);
      if (waitMs > 0) count(call);
      return waitMs;
    },
  };
}

function breachesOf(
  { record, started, succeeded, failed, reasons }: ReturnType<OpenedMaps['state']>,
  inputs: number,
  end: string,
): string[] {
  const all = Array.from({ length: inputs }, (_, index) => index);
  const planned = all.filter(FAILS);
  const counts = { total: inputs, succeeded: inputs - planned.length, failed: planned.length };
  const expected = {
    started: all,
    failed: planned,
    succeeded: all.filter((index) => !FAILS(index)),
    reasons: [],
  };
  const found = { started, failed, succeeded, reasons };
  const lists = Object.entries(expected).flatMap(([name, indexes]) => {
    const actual = found[name as keyof typeof found];
    return isDeepStrictEqual(actual, indexes) ? [] : [`${name}: ${actual.length} of ${indexes.length}`];
  });
  const wrong = Object.entries(counts).filter(([name, count]) => record[name] !== count);
  return [
    ...lists,
    ...wrong.map(([name, count]) => `the record has ${name} ${String(record[name])}, not ${count}`),
    ...(end.startsWith('InputsFailed: ') ? [] : [`the map ended with ${end}`]),
  ];
}

/** Returns the size of the heap after a garbage collection, in bytes. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
