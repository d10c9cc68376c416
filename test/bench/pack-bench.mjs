// Compares packing the folder of aws-cdk-lib with `zip -qr`, and measures the memory for packing 2 GB.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { expectedLayer, requireSameFiles } from './expected-layer.mjs';
import { writeFewFiles, writeManyFiles } from './large-folders.mjs';
import { medianOf } from './row.mjs';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const TURNS = 5;
const ONCE = path.join(import.meta.dirname, 'pack-once.mjs');
/**
 * Time to wait before packing. The digest cache stores no digest of a file that was changed less than two seconds
 * ago.
 */
const SETTLED_MS = 2_500;
const COMPARED = 'node_modules/aws-cdk-lib';
const FUNCTION_ONCE = path.join(import.meta.dirname, 'pack-function-once.mjs');
const FUNCTION = `
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
export function synth() {
  const app = new App();
  new Bucket(new Stack(app, 'S'), 'B');
  return Object.keys(app.synth().getStackByName('S').template.Resources);
}
`;

/** Packs a folder in a new process, as the command line does. */
function packOnce(settings, program = ONCE) {
  const printed = execFileSync(process.execPath, [program, JSON.stringify(settings)], {
    cwd: REPOSITORY,
    env: { ...process.env, CODESEEDER_CACHE_DIR: settings.cache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(printed.toString());
}

export async function* rows() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'codeseeder-bench-'));
  try {
    yield* againstZip(scratch);
    yield* inFunction(scratch);
    yield memoryRow(scratch, '2 GB in 4 files', 150, writeFewFiles);
    yield memoryRow(scratch, '2 GB in 54,000 files', 220, writeManyFiles);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function* againstZip(scratch) {
  const folder = path.join(scratch, 'folder');
  cpSync(path.join(REPOSITORY, COMPARED), folder, { recursive: true, verbatimSymlinks: true });
  await setTimeout(SETTLED_MS);
  const turns = [];
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const measured = await oneTurn(scratch, folder, turn);
    // The first round is not counted, because it fills the file system's caches.
    if (turn > 0) turns.push(measured);
  }
  const of = (what) => medianOf(turns.map(what));
  const zipMs = of((turn) => turn.zip.ms);
  const time = (name, what, bound) => {
    const ms = of(what);
    const detail = `${ms.toFixed(0)} ms against ${zipMs.toFixed(0)} ms of zip -qr, medians of ${TURNS}`;
    return { name: `${COMPARED}: ${name}`, measured: ms / zipMs, bound, unit: 'x', detail };
  };
  const [ours, theirs] = [of((turn) => turn.cold.sentBytes), of((turn) => turn.zip.sizeBytes)];
  yield time('cold', (turn) => turn.cold.ms, 0.5);
  yield {
    name: `${COMPARED}: size`,
    measured: ours / theirs,
    bound: 1.08,
    unit: 'x',
    detail: `${ours} bytes against ${theirs}, ${turns[0].cold.files} files compared one by one`,
  };
  yield time('unchanged', (turn) => turn.unchanged.ms, 0.06);
  const sentBytes = Math.max(...turns.map((turn) => turn.unchanged.sentBytes));
  yield { name: `${COMPARED}: unchanged, sent`, measured: sentBytes, bound: 0, unit: ' bytes', detail: '' };
  yield time('one file changed', (turn) => turn.changed.ms, 0.1);
}

/** Compares packing a function that uses aws-cdk-lib with `zip` of the folder of aws-cdk-lib. */
async function* inFunction(scratch) {
  const project = path.join(scratch, 'project');
  const installed = path.join(project, COMPARED);
  for (const name of ['aws-cdk-lib', 'constructs']) {
    const place = path.join('node_modules', name);
    cpSync(path.join(REPOSITORY, place), path.join(project, place), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  writeFileSync(path.join(project, 'package.json'), '{"type":"module","dependencies":{"aws-cdk-lib":"*"}}');
  const file = path.join(project, 'synth.mjs');
  writeFileSync(file, FUNCTION);
  await setTimeout(SETTLED_MS);
  const turns = [];
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const cache = path.join(scratch, 'function-cache');
    const zipFile = path.join(scratch, 'function.zip');
    [cache, zipFile].forEach((place) => rmSync(place, { recursive: true, force: true }));
    const started = performance.now();
    execFileSync('zip', ['-qr', zipFile, '.'], { cwd: installed });
    const zipMs = performance.now() - started;
    const first = packOnce({ file, cache, present: [] }, FUNCTION_ONCE);
    const second = packOnce({ file, cache, present: first.digests }, FUNCTION_ONCE);
    requireSameLayers(first, second, installed);
    if (turn > 0) turns.push({ zipMs, first, second });
  }
  rmSync(project, { recursive: true, force: true });
  const zipMs = medianOf(turns.map((turn) => turn.zipMs));
  for (const [name, bound] of [
    ['first', 0.9],
    ['second', 0.15],
  ]) {
    const ms = medianOf(turns.map((turn) => turn[name].ms));
    const sent = Math.max(...turns.map((turn) => turn[name].sentBytes));
    const detail = `${ms.toFixed(0)} ms against ${zipMs.toFixed(0)} ms of zip -qr, ${sent} bytes sent`;
    yield { name: `aws-cdk-lib in a function: ${name}`, measured: ms / zipMs, bound, unit: 'x', detail };
  }
}

/**
 * Throws when a run packed too few files, or other files than the run before, because their times could not be
 * compared.
 */
function requireSameLayers(first, second, installed) {
  const atLeast = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  ).length;
  if (first.files.packages < atLeast)
    throw new Error(
      `The packages layer has ${first.files.packages} files; aws-cdk-lib alone has ${atLeast}.`,
    );
  if (first.digests.join() !== second.digests.join() || second.sentBytes !== 0)
    throw new Error('The same function gave other layers the second time.');
}

/**
 * Measures one round: zip, then packing the folder without a cache, unchanged, and with one changed file. Checks each
 * result.
 */
async function oneTurn(scratch, folder, turn) {
  const [zipFile, ourFile, cache] = ['zip.zip', 'ours.zip', 'cache'].map((name) => path.join(scratch, name));
  [zipFile, ourFile, cache].forEach((file) => rmSync(file, { recursive: true, force: true }));
  const started = performance.now();
  execFileSync('zip', ['-qr', zipFile, '.'], { cwd: folder });
  const zip = { ms: performance.now() - started, sizeBytes: statSync(zipFile).size };
  rmSync(zipFile);

  const expected = expectedLayer(folder);
  const cold = packOnce({ folder, cache, present: [], zipFile: ourFile });
  await requireSameFiles(cold, expected, ourFile);
  const unchanged = packOnce({ folder, cache, present: [cold.digest] });
  await requireSameFiles(unchanged, expected);
  appendFileSync(path.join(folder, 'README.md'), `${turn}\n`);
  const changed = packOnce({ folder, cache, present: [cold.digest], zipFile: ourFile });
  await requireSameFiles(changed, expectedLayer(folder), ourFile);
  return { zip, cold, unchanged, changed };
}

function memoryRow(scratch, name, bound, write) {
  const folder = path.join(scratch, 'large');
  const cache = path.join(scratch, 'large-cache');
  mkdirSync(folder);
  write(folder);
  const { ms, files, peakMb } = packOnce({ folder, cache, present: [] });
  [folder, cache].forEach((place) => rmSync(place, { recursive: true, force: true }));
  const detail = `${files} files in ${(ms / 1000).toFixed(1)} s`;
  return { name: `peak memory of ${name}`, measured: peakMb, bound, unit: ' MB', detail };
}
