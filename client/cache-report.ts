/** Describes what a build did with its cache, with the same words in the command line and the console. */
import type { CacheReport } from '../lib/contract/index.js';
import { describeSeconds } from './durations.js';

const FOUND: Readonly<Record<CacheReport['hit'], string>> = {
  exact: 'found',
  fallback: 'found under a fallback key',
  miss: 'not found',
};

/** Returns a report as one line, such as `not found; saved 25 MB in 0.7 s (key npm-1)`. */
export function describeCacheReport(report: CacheReport): string {
  const { key, hit, installs = hit } = report;
  // Without a cache in the request, the report is that of the packages alone.
  const packages = installs === hit ? '' : `, packages ${FOUND[installs]}`;
  return `${FOUND[hit]}${packages}; ${describeWork(report)} (key ${key})`;
}

function describeWork({ hit, installs = hit, restoreSeconds, saveSeconds, bytes }: CacheReport): string {
  const hasRestored = hit !== 'miss' || installs !== 'miss';
  const hasSaved = saveSeconds > 0;
  // The size is that of the archives at the end of the build.
  const restored = hasSaved ? 'restored' : `restored ${describeBytes(bytes)}`;
  const done = [
    ...(hasRestored ? [`${restored} in ${describeSeconds(restoreSeconds * 1_000)}`] : []),
    ...(hasSaved ? [`saved ${describeBytes(bytes)} in ${describeSeconds(saveSeconds * 1_000)}`] : []),
  ];
  return done.length === 0 ? 'nothing saved' : done.join(', ');
}

const UNITS = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const;

/** Returns a size in its largest decimal unit, below ten with one decimal: `1.5 GB`, `25 MB`, `812 bytes`. */
function describeBytes(bytes: number): string {
  const [unit, unitBytes] = UNITS.find(([, each]) => bytes >= each) ?? ['bytes', 1];
  const amount = bytes / unitBytes;
  return `${amount.toFixed(unitBytes > 1 && amount < 9.95 ? 1 : 0)} ${unit}`;
}
