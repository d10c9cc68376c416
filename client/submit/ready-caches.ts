import type { ReadyCache } from '../run-option-types.js';

/** The folder and lock file of each ready cache. */
export const READY: Readonly<Record<ReadyCache, { readonly path: string; readonly file: string }>> = {
  npm: { path: '~/.npm', file: 'package-lock.json' },
  node_modules: { path: 'node_modules', file: 'package-lock.json' },
  pip: { path: '~/.cache/pip', file: 'requirements.txt' },
  uv: { path: '~/.cache/uv', file: 'uv.lock' },
};

/** Names of the ready caches. */
export const READY_CACHES = Object.keys(READY) as ReadyCache[];
