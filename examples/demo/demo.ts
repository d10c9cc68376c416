/**
 * A complete run without an AWS account: `npm run demo`.
 *
 * It starts a local AWS, runs two functions and a command in it, and prints what each part of the seedkit has recorded.
 * With `--keep`, the local AWS stays up.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const SEEDKIT = 'demo';
const keep = process.argv.includes('--keep');
const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-demo-'));

const { detachLocalAws, startLocalAws, stopLocalAws } = await import('./local-aws.js');
const report = await import('./report.js');

report.title('Starting a local AWS with the synthesized seedkit on 127.0.0.1');
const logFile = keep ? path.join(folder, 'local-aws.log') : undefined;
const localAws = await startLocalAws(SEEDKIT, path.join(folder, 'local-aws'), logFile);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(130)));
}
Object.assign(process.env, localAws.environment);

try {
  await showRuns();
  if (keep) report.howToExplore(localAws, folder);
} finally {
  if (keep) detachLocalAws(localAws);
  else await cleanUp();
}

async function showRuns(): Promise<void> {
  // Imported now, because the SDK reads the environment that is set above.
  const { seedkit } = await import('codeseeder');
  const { checkQuota, clusterSize } = await import('./cluster-size.js');
  const { receivedEvents, subscribe } = await import('./received-events.js');
  const kit = seedkit(SEEDKIT);
  const live = { onProgress: report.progress, onLog: report.logLine };
  await subscribe(
    localAws.outputs['EventBus'] ?? '',
    localAws.account,
    localAws.environment['AWS_REGION'] ?? '',
  );

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
  report.title("The events that the demo's own rule received from EventBridge");
  report.events(await receivedEvents(3));
  report.title('The execution history of the run that threw, in Step Functions');
  report.history(await failed.history());
}

async function cleanUp(): Promise<void> {
  await stopLocalAws(localAws);
  await rm(folder, { recursive: true, force: true });
}
