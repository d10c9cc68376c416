/**
 * Fills the disk of a local AWS at random times under load: `npm run soak:full-disk -- --instants 100 --seed 1`.
 * Needs root, to mount a small file system. Exits with 1 when an acknowledged write is missing, or when the local AWS
 * does not accept writes after the disk has space again.
 */
import { parseArgs } from 'node:util';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const say = (line: string) => process.stdout.write(`${line}\n`);
const { fillAtRandom } = await import('./fill-at-random.js');
const { values } = parseArgs({
  options: {
    instants: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
say(`seed ${values.seed}`);
const { acknowledged, refused, restarts, faults } = await fillAtRandom({
  instants: Number(values.instants),
  seed: Number(values.seed),
  say,
});
say(`acknowledged ${acknowledged}, refused ${refused}, restarts ${restarts}, faults ${faults.length}`);
for (const fault of faults) say(`- ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
