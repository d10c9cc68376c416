/**
 * Runs a map, kills its client, the local AWS, or both halfway, and then runs the failed inputs again: `npm run
 * soak:maps -- --inputs 1000 --concurrency 8 --kill client,place`. `--kill none` kills nothing. Exits with 1 when an
 * input is missing, or succeeded twice.
 */
import { parseArgs } from 'node:util';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { killedMap, VICTIMS } = await import('./killed-map.js');
const say = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '8' },
    kill: { type: 'string', default: 'client,place' },
  },
});
const [inputs, concurrency] = [Number(values.inputs), Number(values.concurrency)];
const victims = VICTIMS.filter((victim) => values.kill.split(',').includes(victim));
let told = 0;
const report = await killedMap({
  inputs,
  concurrency,
  victims,
  onProgress({ succeeded, failed, perMinute }) {
    if (succeeded + failed < told) return;
    told += inputs / 10;
    say(`${succeeded} succeeded, ${failed} failed, ${perMinute.toFixed(0)} a minute`);
  },
});
const { seconds, planned, lost, again, breaches } = report;
say(
  `inputs ${inputs} in ${seconds.toFixed(0)} s: failed as planned ${planned}, lost ${lost}, run again ${again}`,
);
say(`breaches ${breaches.length}`);
for (const breach of breaches) say(`- ${breach}`);
process.exitCode = breaches.length === 0 ? 0 : 1;
