/**
 * Runs the soak: `npm run soak -- --runs 2000 --seed 1 --faults 0.04 --customers 12 --quotas aws`.
 * Ends with 1 when any invariant was broken.
 */
import { parseArgs } from 'node:util';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { synthesizedSeedkit } = await import('../local/place/seedkit-assembly.js');
const { soak } = await import('./soak.js');
const { parseQuotas } = await import('../../lib/local/quotas/quotas.js');
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    faults: { type: 'string', default: '0.04' },
    customers: { type: 'string', default: '12' },
    quotas: { type: 'string', default: 'none' },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([name, count]) => `  ${name}: ${count}`)
    .join('\n');

say(`seed ${values.seed}`);
const assembly = await synthesizedSeedkit();
const report = await soak({
  assemblyFolder: assembly.folder,
  seedkit: 'demo',
  runs: Number(values.runs),
  seed: Number(values.seed),
  faultShare: Number(values.faults),
  customers: Number(values.customers),
  quotas: parseQuotas(values.quotas),
  onProgress: say,
});
say(`runs ${report.runs}, acknowledged ${report.accepted}\nends:\n${listed(report.ends)}`);
say(`throttled:\n${listed(report.throttled)}`);
say(`faults:\n${listed(report.faults)}`);
say(`given up on ${report.givenUp.length}`);
for (const run of report.givenUp) say(`- ${run}`);
say(`breaches ${report.breaches.length}`);
for (const breach of report.breaches) say(`- ${breach.kind}: ${breach.message}`);
say(`seed ${report.seed}`);
process.exitCode = report.breaches.length === 0 ? 0 : 1;
