/**
 * Runs the soak in a local AWS: `npm run soak -- --runs 2000 --seed 1 --faults 0.04 --customers 12 --quotas aws`. In
 * simulated time, where hours pass in seconds, use `npm run soak -- --simulated --runs 100000 --seed 1`. This
 * simulates accounts of 2,000 runs, each with the next seed. For one map over many inputs, also in simulated time,
 * use `npm run soak -- --map 10000 --concurrency 1000`. Exits with 1 if any invariant was broken.
 */
import { parseArgs } from 'node:util';

import type { SoakReport } from './soak.js';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { synthesizedSeedkit } = await import('../local/place/seedkit-assembly.js');
const { simulatedSoak } = await import('./simulated/simulated-soak.js');
const { soak } = await import('./soak.js');
const { parseQuotas } = await import('../../lib/local/quotas/quotas.js');
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    faults: { type: 'string', default: '0.04' },
    customers: { type: 'string' },
    quotas: { type: 'string' },
    simulated: { type: 'boolean', default: false },
    map: { type: 'string' },
    concurrency: { type: 'string', default: '1000' },
  },
});
const ACCOUNT_RUNS = 2_000;
const runs = Number(values.runs);
const firstSeed = Number(values.seed);
const faultShare = Number(values.faults);
const say = (line: string) => process.stdout.write(`${line}\n`);
const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([name, count]) => `  ${name}: ${count}`)
    .join('\n');

if (values.map !== undefined) {
  await tellLargeMap(Number(values.map));
} else if (values.simulated) {
  say(`seed ${firstSeed}`);
  const { customers = '300', quotas = 'aws' } = values;
  for (let done = 0, seed = firstSeed; done < runs; done += ACCOUNT_RUNS, seed += 1) {
    const options = { customers: Number(customers), quotas: parseQuotas(quotas), faultShare, seed };
    tell(await simulatedSoak({ ...options, runs: Math.min(runs - done, ACCOUNT_RUNS) }));
  }
} else {
  say(`seed ${firstSeed}`);
  const { customers = '12', quotas = 'none' } = values;
  const assembly = await synthesizedSeedkit();
  const report = await soak({
    assemblyFolder: assembly.folder,
    seedkit: 'demo',
    runs,
    seed: firstSeed,
    faultShare,
    customers: Number(customers),
    quotas: parseQuotas(quotas),
    onProgress: say,
  });
  tell(report);
}

async function tellLargeMap(inputs: number): Promise<void> {
  const { largeMap } = await import('./large-map.js');
  const { concurrency, quotas = 'aws' } = values;
  const options = { inputs, concurrency: Number(concurrency), quotas: parseQuotas(quotas), onProgress: say };
  const { minutes, mostRunning, throttled, breaches } = await largeMap(options);
  say(`${inputs} inputs in ${minutes} min of simulated time, at most ${mostRunning} at once`);
  say(`refused or delayed:\n${listed(throttled)}`);
  say(`breaches ${breaches.length}`);
  for (const breach of breaches) say(`- ${breach}`);
  if (breaches.length > 0) process.exitCode = 1;
}

function tell(report: SoakReport): void {
  say(`runs ${report.runs}, acknowledged ${report.accepted}, of targets ${report.ofTargets}`);
  say(`ends:\n${listed(report.ends)}\nmaps:\n${listed(report.maps)}`);
  say(`throttled:\n${listed(report.throttled)}`);
  say(`faults:\n${listed(report.faults)}`);
  say(`given up on ${report.givenUp.length}`);
  for (const run of report.givenUp) say(`- ${run}`);
  say(`breaches ${report.breaches.length}`);
  for (const breach of report.breaches) say(`- ${breach.kind}: ${breach.message}`);
  say(`seed ${report.seed}`);
  if (report.breaches.length > 0) process.exitCode = 1;
}
