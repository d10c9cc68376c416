import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { cacheFolder, keepInCache, keepWithin, touch } from '../../layer/cache-folder.js';
import type { PackageItem } from '../installed/list-package.js';
import type { PackageJson } from '../installed/package-json.js';
import { parsePackageScan } from './parse-package-scan.js';
import { scanPackage, type PackageScan } from './scan-package.js';

/** Version of the scans. Increase it when the findings of a scan change, so that stored scans are ignored. */
const SCAN_VERSION = 1;

const PART = 'package-scans';
const BOUNDS = { files: 5_000, bytes: 30 * 1024 ** 2 };

/** Scans of packages by name, version and the sizes and times of their files. */
export interface ScanCache {
  /** Returns the scan of an earlier call, or scans the package. */
  scan(folder: string, json: PackageJson, items: readonly PackageItem[]): PackageScan;
  /** Removes the least recently used scans. */
  tidy(): void;
}

/** Opens the cache of scans. @param verify whether to ignore scans of earlier calls */
export function openScanCache(verify: boolean): ScanCache {
  const cache = cacheFolder(PART);
  let hasNew = false;
  return {
    scan(folder, json, items) {
      const name = fingerprintOf(json, items);
      const kept = cache === undefined || verify ? undefined : readScan(path.join(cache, name));
      if (kept !== undefined) return kept;
      const scan = scanPackage(folder, json, items);
      if (cache !== undefined) keepInCache(cache, name, [Buffer.from(JSON.stringify(scan))]);
      hasNew = true;
      return scan;
    },
    tidy() {
      if (cache !== undefined && hasNew) keepWithin(cache, BOUNDS);
      hasNew = false;
    },
  };
}

/**
 * Returns a name for the scan of a package. A patched, linked or generated package has other sizes or times than the
 * published one. Inodes and folders are ignored, so that a package that is installed again keeps its scan.
 */
function fingerprintOf(json: PackageJson, items: readonly PackageItem[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([SCAN_VERSION, json.name, json.version, json.raw]));
  for (const { below, stats } of items) hash.update(`${below}\n${stats.size} ${stats.mtimeMs}\n`);
  return hash.digest('hex');
}

function readScan(file: string): PackageScan | undefined {
  try {
    const scan = parsePackageScan(JSON.parse(readFileSync(file, 'utf8')));
    touch(file);
    return scan;
  } catch {
    return undefined;
  }
}
