// Measures what the client costs: the time its import takes beside the two SDK clients every run needs, and time
// and memory of packing. Run after `npm run build`: `npm run bench`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const RUNS = 15;
const LARGE_FILE_MEGABYTES = 200;

const client = pathToFileURL(path.join(REPOSITORY, 'dist/client/index.js')).href;

/** The most that importing the client may take, beside importing the two SDK clients. */
const RATIO_MAX = 1.3;

/** What importing modules costs a fresh process: milliseconds, its own start not counted, and its peak memory. */
function importCost(specifiers) {
  const imports = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)});`).join('');
  const program = `const t = performance.now(); ${imports} const ms = performance.now() - t; process.stdout.write(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(printed.toString());
}

function medianOf(costs, what) {
  const numbers = costs.map((cost) => cost[what]).sort((a, b) => a - b);
  return numbers[Math.floor(numbers.length / 2)];
}

function benchImport() {
  const ours = [];
  const theirs = [];
  // In turns, so that a slow moment of the machine meets both.
  for (let run = 0; run <= RUNS; run += 1) {
    const pair = [importCost([client]), importCost(['@aws-sdk/client-s3', '@aws-sdk/client-sfn'])];
    if (run > 0) [ours, theirs].forEach((list, index) => list.push(pair[index]));
  }
  const ratio = medianOf(ours, 'ms') / medianOf(theirs, 'ms');
  const tell = (what, costs) =>
    console.log(
      `${what.padEnd(33)} ${medianOf(costs, 'ms').toFixed(0)} ms, peak memory ${medianOf(costs, 'peakMb').toFixed(0)} MB (medians of ${RUNS})`,
    );
  tell('import codeseeder', ours);
  tell('import client-s3 and client-sfn', theirs);
  console.log(
    `ratio                             ${ratio.toFixed(2)}, at most ${RATIO_MAX}: ${ratio > RATIO_MAX ? 'OVER' : 'PASS'}`,
  );
  return ratio;
}

async function benchPack(what, contents) {
  const { packBundle } = await import(
    pathToFileURL(path.join(REPOSITORY, 'dist/client/bundle/pack-bundle.js')).href
  );
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
  const started = performance.now();
  const bundle = await packBundle(contents);
  const ms = performance.now() - started;
  clearInterval(watch);
  const megabytes = (bytes) => (bytes / 1024 ** 2).toFixed(1);
  console.log(
    `pack ${what.padEnd(28)} ${ms.toFixed(0)} ms, ${megabytes(bundle.reference.sizeBytes)} MB, memory up by ${megabytes(peak - before)} MB`,
  );
  await bundle.dispose();
}

const ratio = benchImport();
const folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-bench-'));
try {
  const file = path.join(REPOSITORY, 'examples/demo/cluster-size.ts');
  await benchPack('a function, first time', { modules: [{ file }] });
  await benchPack('a function, again', { modules: [{ file }] });
  const large = path.join(folder, 'large.bin');
  writeFileSync(large, Buffer.alloc(LARGE_FILE_MEGABYTES * 1024 ** 2));
  await benchPack(`a file of ${LARGE_FILE_MEGABYTES} MB`, { files: { 'large.bin': large } });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = ratio > RATIO_MAX ? 1 : 0;
