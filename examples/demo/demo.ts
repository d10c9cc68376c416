/**
 * The whole way on a laptop with no account: `npm run demo`.
 *
 * Starts a local place, runs two functions and a command in it, and shows what each part of the seedkit kept.
 * With `--keep` the place stays up.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const SEEDKIT = 'demo';
const keep = process.argv.includes('--keep');
const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-demo-'));

const { endPlace, leavePlace, startPlace } = await import('./local-place.js');
const report = await import('./report.js');

report.title('Starting a local place: the synthesized seedkit on 127.0.0.1');
const logFile = keep ? path.join(folder, 'place.log') : undefined;
const place = await startPlace(SEEDKIT, path.join(folder, 'place'), logFile);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(130)));
}
Object.assign(process.env, place.environment);

try {
  await showRuns();
  if (keep) report.howToLook(place, folder);
} finally {
  if (keep) leavePlace(place);
  else await cleanUp();
}

async function showRuns(): Promise<void> {
  // Loaded now, because the environment above tells the SDK where to look.
  const { seedkit } = await import('codeseeder');
  const { checkQuota, clusterSize } = await import('./cluster-size.js');
  const { receivedEvents, subscribe } = await import('./received-events.js');
  const kit = seedkit(SEEDKIT);
  const live = { onProgress: report.progress, onLog: report.logLine };
  await subscribe(place.outputs['EventBus'] ?? '', place.account, place.environment['AWS_REGION'] ?? '');

  report.title('1. A function with an npm dependency: clusterSize(manifests)');
  const manifests = await readFile(new URL('./manifests.yaml', import.meta.url), 'utf8');
  const size = await clusterSize.with(live)(manifests);
  report.value(size);

  report.title('2. A function that throws: checkQuota(size, 4000)');
  const failed = await checkQuota.with(live).submit(size, 4_000);
  await failed.result().then(report.value, report.remoteError);

  report.title('3. Plain commands, with a folder');
  const commands = ['cd manifests', 'grep -c "kind: Deployment" manifests.yaml', 'node --version'];
  const outcome = await kit.commands(commands, { ...live, dirs: { manifests: import.meta.dirname } });
  report.value(outcome.status);

  report.title('The run records, in DynamoDB');
  report.records(await kit.runs.list());
  report.title("The events that a rule of one's own received, from EventBridge");
  report.events(await receivedEvents(3));
  report.title('The execution history of the run that threw, in Step Functions');
  report.history(await failed.history());
}

async function cleanUp(): Promise<void> {
  await endPlace(place);
  await rm(folder, { recursive: true, force: true });
}
