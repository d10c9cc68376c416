/**
 * Kills a local AWS repeatedly: `npm run soak:kills -- --kills 100 --runs 5 --seed 1`.
 * `--runs` is the number submitted between two kills. Exits with 1 when an acknowledged write was lost.
 */
import { parseArgs } from 'node:util';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const say = (line: string) => process.stdout.write(`${line}\n`);
const { killRounds } = await import('./kill-rounds.js');
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const [kills, runsEach, seed] = [Number(values.kills), Number(values.runs), Number(values.seed)];
say(`seed ${seed}`);
const report = await killRounds({
  kills,
  runsEach,
  seed,
  onRound: (round, breaches) => say(`kill ${round}: ${breaches.length} breaches`),
});
const writes = Object.entries(report.writes).map(([service, count]) => `${service} ${count}`);
say(`kills ${report.kills}, runs ${report.runs}, acknowledged writes: ${writes.join(', ')}`);
say(`breaches ${report.breaches.length}`);
for (const breach of report.breaches) say(`- ${breach}`);
process.exitCode = report.breaches.length === 0 ? 0 : 1;
