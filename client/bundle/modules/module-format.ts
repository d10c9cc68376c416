import { readFileSync } from 'node:fs';
import path from 'node:path';

import { nearestAbove } from './resolve-own-file.js';

/** Path of a `package.json` -> whether its `.js` files are ES modules. */
const moduleTypes = new Map<string, boolean>();

/** Returns whether Node loads a file as CommonJS. The exports of such a file are known only when it runs. */
export function isCommonJs(file: string): boolean {
  const ending = path.extname(file);
  if (ending === '.mjs') return false;
  if (ending !== '.js') return true;
  const manifest = nearestAbove(file, 'package.json');
  if (manifest === undefined) return true;
  const known = moduleTypes.get(manifest) ?? isModuleType(manifest);
  moduleTypes.set(manifest, known);
  return !known;
}

function isModuleType(manifest: string): boolean {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type === 'module';
  } catch {
    return false;
  }
}
