import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HANDLERS } from '../../lib/contract/index.js';

/** Calls a function with a temporary folder of empty handlers, for templates that are not deployed. */
export function withHandlersFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-handlers-'));
  try {
    for (const handler of HANDLERS) {
      mkdirSync(path.join(folder, handler));
      writeFileSync(path.join(folder, handler, 'index.mjs'), 'export const handler = () => undefined;\n');
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
