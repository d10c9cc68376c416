// Measures maps over a command that does nothing, in the local AWS, with different concurrencies. Compares each map
// with single runs of which one client keeps as many in progress, and with child processes on this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { openBenchSeedkit } from './bench-seedkit.mjs';

/** Concurrency and number of inputs of each map. */
const MAPS = [
  { concurrency: 1, inputs: 100 },
  { concurrency: 8, inputs: 1_000 },
  { concurrency: 64, inputs: 1_000 },
];
/** Maximum duration of a map, as a multiple of the duration of single runs. */
const BOUND = 1.5;
const COMMAND = 'test "$CODESEEDER_INPUT" -ge 0';

export async function* rows() {
  const place = await openBenchSeedkit(Math.max(...MAPS.map(({ concurrency }) => concurrency)));
  try {
    await msOfMap(place.kit, { concurrency: 8, inputs: 40 });
    for (const map of MAPS) {
      const mapMs = await msOfMap(place.kit, map);
      const runsMs = await msOfPool(map, (input) => runOnce(place.kit, input));
      const processesMs = await msOfPool(map, processOnce);
      yield {
        name: `map: ${map.inputs} inputs, ${map.concurrency} at once`,
        measured: mapMs / runsMs,
        bound: BOUND,
        unit: 'x',
        detail: `of single runs; inputs a second: map ${rate(map, mapMs)}, single runs ${rate(map, runsMs)}, child processes ${rate(map, processesMs)}`,
      };
    }
  } finally {
    await place.close();
  }
}

const rate = ({ inputs }, ms) => ((inputs * 1_000) / ms).toFixed(2);

async function msOfMap(kit, { inputs, concurrency }) {
  const startedMs = performance.now();
  const map = await kit.mapCommands([COMMAND], Array(inputs).keys(), { concurrency });
  let next = 0;
  for await (const { index, status } of map) {
    if (index !== next || status !== 'SUCCEEDED')
      throw new Error(`The input ${index} after ${next - 1} is ${status}.`);
    next += 1;
  }
  if (next !== inputs) throw new Error(`The map has ${next} results of ${inputs}.`);
  return performance.now() - startedMs;
}

async function msOfPool({ inputs, concurrency }, work) {
  const startedMs = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < inputs) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return performance.now() - startedMs;
}

async function runOnce(kit, input) {
  await kit.commands([COMMAND.replace('$CODESEEDER_INPUT', String(input))]);
}

async function processOnce(input) {
  const env = { ...process.env, CODESEEDER_INPUT: String(input) };
  const [code] = await once(spawn('bash', ['-c', COMMAND], { env, stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`The process of the input ${input} ended with ${code}.`);
}
