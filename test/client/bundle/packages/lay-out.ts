import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { LayerEntry } from '../../../../client/bundle/layer/layer.js';

/**
 * Writes the entries of a layer to a new folder, as a build does, and runs code there.
 *
 * @param code CommonJS code that prints its result
 * @param below folder in which the code runs, below the bundle's root
 * @returns the output of the code
 */
export function runLaidOut(entries: readonly LayerEntry[], code: string, below = ''): string {
  const root = mkdtempSync(path.join(tmpdir(), 'codeseeder-laid-out-'));
  try {
    for (const entry of entries) put(entry, path.join(root, entry.path));
    const folder = path.join(root, below);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'main.cjs'), code);
    const { NODE_OPTIONS: _, ...env } = process.env;
    return execFileSync(process.execPath, ['main.cjs'], { cwd: folder, encoding: 'utf8', env }).trim();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function put(entry: LayerEntry, place: string): void {
  mkdirSync(path.dirname(place), { recursive: true });
  switch (entry.kind) {
    case 'link':
      return symlinkSync(entry.target, place);
    case 'folder':
      mkdirSync(place, { recursive: true });
      return chmodSync(place, entry.mode);
    case 'file':
      if ('content' in entry) writeFileSync(place, entry.content);
      else copyFileSync(entry.source, place);
      return chmodSync(place, entry.mode);
  }
}
