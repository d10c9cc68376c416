// Measures a run whose command does nothing in the local AWS: from submission to value, from the end of its build to
// its value, and eight runs at the same time. Then counts what runs with longer builds use of AWS, in simulated time:
// state transitions, which are the largest part of the price, history events, and requests and invocations by
// service. Also computes their price in us-east-1, without that of the build (prices.ts has the source of each
// price).
import { tsImport } from 'tsx/esm/api';

import { openBenchSeedkit } from './bench-seedkit.mjs';
import { medianOf } from './row.mjs';

const WARM_UPS = 2;
const RUNS = 15;
const AT_ONCE = 8;
const RUNS_AT_ONCE = 64;

/**
 * Durations of builds. `bound` is the maximum number of transitions of a run. `former` is the number in the version
 * that polled the build until it ended.
 */
const BUILDS = [
  { length: '1 min', minutes: 1, bound: 25, former: 94 },
  { length: '10 min', minutes: 10, bound: 35, former: 238 },
  { length: '1 h', minutes: 60, bound: 45 },
  { length: '8 h', minutes: 480, bound: 60 },
  { length: '36 h', minutes: 2_160, bound: 120, former: 10_500 },
];

export async function* rows() {
  yield* localRows();
  yield* meteredRows();
}

async function* meteredRows() {
  const { meterRun } = await tsImport('./metered-run.ts', import.meta.url);
  for (const { length, minutes, bound, former } of BUILDS) {
    const run = await meterRun({ buildMinutes: minutes, hasEvents: true });
    const asking = await meterRun({ buildMinutes: minutes, hasEvents: false });
    if (run.status !== 'SUCCEEDED' || asking.status !== 'SUCCEEDED') {
      throw new Error(`The run with a build of ${length} is ${run.status}, without events ${asking.status}.`);
    }
    const before = former === undefined ? '' : `, formerly ${former}`;
    yield {
      name: `run: transitions with a build of ${length}`,
      measured: Math.max(run.transitions, asking.transitions),
      bound,
      unit: '',
      detail: `${run.transitions} with events and ${asking.transitions} without${before}; ${run.historyEvents} history events; ${byService(run.requests)}; ${run.usd.toFixed(6)} USD`,
    };
  }
}

/** Returns the numbers of requests by service, such as `s3 2, lambda 14`. */
function byService(requests) {
  const counts = new Map();
  for (const [request, count] of Object.entries(requests)) {
    const [service] = request.split(' ');
    counts.set(service, (counts.get(service) ?? 0) + count);
  }
  return [...counts].map(([service, count]) => `${service} ${count}`).join(', ');
}

async function* localRows() {
  const place = await openBenchSeedkit(AT_ONCE);
  try {
    yield* measured(place.kit);
  } finally {
    await place.close();
  }
}

async function* measured(kit) {
  for (let run = 0; run < WARM_UPS; run += 1) await runOnce(kit);
  const times = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await runOnce(kit));
  yield row(
    'run: submit to value',
    times.map(({ wholeMs }) => wholeMs),
    700,
  );
  yield row(
    'run: end of its build to value',
    times.map(({ afterBuildMs }) => afterBuildMs),
    300,
  );

  const firstMs = await msPerRunAtOnce(kit);
  const perRunMs = await msPerRunAtOnce(kit);
  yield {
    name: `run: each of ${AT_ONCE} at once`,
    measured: perRunMs,
    bound: 125,
    unit: ' ms',
    detail: `${(1_000 / perRunMs).toFixed(2)} runs a second; ${(1_000 / firstMs).toFixed(2)} in a first round of ${RUNS_AT_ONCE} runs, which starts second workers of handlers and compiles`,
  };
}

async function msPerRunAtOnce(kit) {
  const startedMs = performance.now();
  let left = RUNS_AT_ONCE;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (; left > 0; left -= 1) await runOnce(kit);
    }),
  );
  return (performance.now() - startedMs) / RUNS_AT_ONCE;
}

async function runOnce(kit) {
  const startedMs = Date.now();
  const run = await kit.submitCommands(['true']);
  const { record } = await run.outcome();
  const endedMs = Date.now();
  return { wholeMs: endedMs - startedMs, afterBuildMs: endedMs - Date.parse(record.finishedAt) };
}

function row(name, times, bound) {
  const detail = `median of ${times.length}, ${Math.min(...times)} to ${Math.max(...times)} ms`;
  return { name, measured: medianOf(times), bound, unit: ' ms', detail };
}
