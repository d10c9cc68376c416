// Compares a run that uses a cache with the run that filled it: for a Python function with ten requirements, and for
// `npm ci` of this project's lock file. Measures elapsed time, and the processor time of the build's commands. Uses
// the package indexes for which pip and npm are configured.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

import { seedkit } from '../../dist/client/index.js';
import { synthesizeAssembly } from '../../dist/client/deploy/assembly.js';
import { startLocalAws } from '../../dist/lib/local/index.js';
import { medianOf } from './row.mjs';

const NAME = 'bench';
const ROOT = path.resolve(import.meta.dirname, '../..');
const REQUIREMENTS = [
  ...['boto3', 'certifi', 'click', 'mypy_extensions', 'packaging'],
  ...['python_dateutil', 'pyyaml', 's3transfer', 'urllib3', 'wheel'],
];
/** The run that uses the cache must take less than half of the time. */
const BOUND = 0.5;
const PAIRS = { python: 3, npm: 2 };

export async function* rows() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'codeseeder-bench-'));
  const place = await startLocalAws();
  try {
    const folder = await synthesizeAssembly({
      context: { name: NAME },
      cacheFolder: path.join(scratch, 'assemblies'),
      distribution: path.join(ROOT, 'dist'),
    });
    await place.deploy(folder);
    const { endpoint, region, credentials } = place;
    const kit = seedkit(NAME, { aws: { endpoint, region, credentials } });
    await (await kit.submitCommands(['true'])).outcome();
    yield* measured('a Python function with ten requirements', PAIRS.python, pythonRun(kit, scratch));
    yield* measured('npm ci of its own lock file', PAIRS.npm, npmRun(kit, scratch));
  } finally {
    await place.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Returns a function that submits one run of a pair. The runs of a pair share a lock, which gives them a cache that
 * no other pair uses.
 */
function pythonRun(kit, scratch) {
  const folder = path.join(scratch, 'report');
  mkdirSync(folder);
  writeFileSync(path.join(folder, '__init__.py'), '');
  writeFileSync(
    path.join(folder, 'main.py'),
    'import boto3, yaml\ndef version(): return boto3.__version__\n',
  );
  return (pair) =>
    kit.submitPython('report.main:version', {
      localModules: { report: folder },
      pythonModules: REQUIREMENTS,
      build: TIMES,
      lock: `pair-${pair}`,
    });
}

function npmRun(kit, scratch) {
  const folder = path.join(scratch, 'app');
  mkdirSync(folder);
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(path.join(ROOT, file), path.join(folder, file));
  }
  const install = '[ "$CODESEEDER_CACHE_HIT" = exact ] || npm ci --ignore-scripts --no-audit --no-fund';
  return (pair) =>
    kit.submitCommands([install, 'test -x node_modules/.bin/tsc'], {
      cache: ['node_modules'],
      build: TIMES,
      dirs: { app: folder },
      workingDirectory: 'app',
      lock: `pair-${pair}`,
    });
}

async function* measured(what, count, submit) {
  const pairs = [];
  for (let pair = 0; pair < count; pair += 1) {
    const first = await timed(() => submit(pair), 'miss');
    const second = await timed(() => submit(pair), 'exact');
    pairs.push({ first, second });
  }
  const { cache } = pairs.at(-1).second;
  const megabytes = `${(cache.bytes / 1e6).toFixed(0)} MB, restored in ${cache.restoreSeconds} s`;
  yield row(`cache: ${what}`, pairs, 'seconds', megabytes);
  yield row(`cache: ${what}, processor`, pairs, 'cpuSeconds', megabytes);
}

function row(name, pairs, figure, more) {
  const ratios = pairs.map(({ first, second }) => second[figure] / first[figure]);
  const figures = pairs.map(
    ({ first, second }) => `${first[figure].toFixed(1)} -> ${second[figure].toFixed(1)}`,
  );
  return {
    name,
    measured: medianOf(ratios),
    bound: BOUND,
    unit: 'x',
    detail: `s: ${figures.join(', ')}; ${more}`,
  };
}

async function timed(submit, hit) {
  const startedMs = performance.now();
  const run = await submit();
  const { record } = await run.outcome();
  const seconds = (performance.now() - startedMs) / 1000;
  const { cache } = record;
  if (cache?.hit !== hit)
    throw new Error(`The cache of run ${run.id} is ${JSON.stringify(cache)}, not ${hit}.`);
  return { cache, seconds, cpuSeconds: await cpuSecondsOf(run) };
}

/** Command that prints the processor time of the build's shell and its commands. */
const TIMES = { postBuildCommands: ['times'] };

/**
 * Returns the processor time that the command `times` printed, which is the sum of four values such as `0m1.250s`.
 */
async function cpuSecondsOf(run) {
  let seconds = 0;
  for await (const { message } of run.logs()) {
    if (!/^\d+m[\d.]+s \d+m[\d.]+s$/.test(message)) continue;
    for (const [, minutes, rest] of message.matchAll(/(\d+)m([\d.]+)s/g))
      seconds += 60 * Number(minutes) + Number(rest);
  }
  return seconds;
}
