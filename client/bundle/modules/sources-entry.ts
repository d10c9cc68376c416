import { readFileSync, statSync } from 'node:fs';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import type { LayerEntry } from '../layer/layer.js';
import type { ModulePlan } from './module-plan.js';

/**
 * Maximum size of a module whose source is included. A larger one is usually generated, and does not help to explain
 * errors.
 */
const MODULE_MAX_BYTES = 1_048_576;

/**
 * Returns the file with the source code of the user's modules. The runner reads it after an error, to show the code
 * where it was thrown.
 */
export function sourcesEntry(own: readonly string[], plan: ModulePlan): LayerEntry {
  const sources = own
    .filter((file) => statSync(file).size <= MODULE_MAX_BYTES)
    .map((file) => [plan.placeOf(file), readFileSync(file, 'utf8')] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    kind: 'file',
    path: BUNDLE_PATHS.nodeSources,
    mode: 0o644,
    content: Buffer.from(JSON.stringify(Object.fromEntries(sources))),
  };
}
