// Measures a run without work in the local AWS: from submitting it to its value, from the end of its build to its value,
// and eight runs at once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { seedkit } from '../../dist/client/index.js';
import { synthesizeAssembly } from '../../dist/client/deploy/assembly.js';
import { startLocalPlace } from '../../dist/lib/local/index.js';
import { medianOf } from './row.mjs';

const NAME = 'bench';
const WARM_UPS = 2;
const RUNS = 15;
const AT_ONCE = 8;
const RUNS_AT_ONCE = 64;

export async function* rows() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'codeseeder-bench-'));
  const place = await startLocalPlace({ buildConcurrency: AT_ONCE });
  try {
    const folder = await synthesizeAssembly({
      context: { name: NAME },
      cacheFolder: scratch,
      distribution: path.resolve(import.meta.dirname, '../../dist'),
    });
    await place.deploy(folder);
    const { endpoint, region, credentials } = place;
    yield* measured(seedkit(NAME, { aws: { endpoint, region, credentials } }));
  } finally {
    await place.close();
    rmSync(scratch, { recursive: true, force: true });
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

  const startedMs = performance.now();
  let left = RUNS_AT_ONCE;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (; left > 0; left -= 1) await runOnce(kit);
    }),
  );
  const perRunMs = (performance.now() - startedMs) / RUNS_AT_ONCE;
  yield {
    name: `run: each of ${AT_ONCE} at once`,
    measured: perRunMs,
    bound: 125,
    unit: ' ms',
    detail: `${(1_000 / perRunMs).toFixed(2)} runs a second`,
  };
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
