// Measures how long importing the client takes, compared with the two SDK clients that every run needs.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { medianOf } from './row.mjs';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const RUNS = 15;
const RATIO_MAX = 1.3;

const client = pathToFileURL(path.join(REPOSITORY, 'dist/client/index.js')).href;

/**
 * Measures importing modules in a new process. Returns milliseconds, without the time to start the process, and peak
 * memory.
 */
function importCost(specifiers) {
  const imports = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)});`).join('');
  const program = `const t = performance.now(); ${imports} const ms = performance.now() - t; process.stdout.write(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(printed.toString());
}

export async function* rows() {
  const ours = [];
  const theirs = [];
  // Measures both alternately, so that a slow moment of the machine affects both.
  for (let run = 0; run <= RUNS; run += 1) {
    const pair = [importCost([client]), importCost(['@aws-sdk/client-s3', '@aws-sdk/client-sfn'])];
    if (run > 0) [ours, theirs].forEach((list, index) => list.push(pair[index]));
  }
  const [ourMs, theirMs] = [ours, theirs].map((costs) => medianOf(costs.map(({ ms }) => ms)));
  const [ourMb, theirMb] = [ours, theirs].map((costs) => medianOf(costs.map(({ peakMb }) => peakMb)));
  yield {
    name: 'import codeseeder against two SDK clients',
    measured: ourMs / theirMs,
    bound: RATIO_MAX,
    unit: 'x',
    detail: `${ourMs.toFixed(0)} ms and ${ourMb.toFixed(0)} MB against ${theirMs.toFixed(0)} ms and ${theirMb.toFixed(0)} MB, medians of ${RUNS}`,
  };
}
