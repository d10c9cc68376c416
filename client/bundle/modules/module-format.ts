import { readFileSync } from 'node:fs';
import path from 'node:path';

import { nearestAbove } from './resolve-own-file.js';

/** Whether a package's manifest says that its `.js` files are ES modules, by the manifest's path. */
const typed = new Map<string, boolean>();

/** Tells whether Node loads a file of a package by `require`'s rules, so that it may have names that only running it tells. */
export function isCommonJs(file: string): boolean {
  const ending = path.extname(file);
  if (ending === '.mjs') return false;
  if (ending !== '.js') return true;
  const manifest = nearestAbove(file, 'package.json');
  if (manifest === undefined) return true;
  const known = typed.get(manifest) ?? isModuleType(manifest);
  typed.set(manifest, known);
  return !known;
}

function isModuleType(manifest: string): boolean {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type === 'module';
  } catch {
    return false;
  }
}
