import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../../lib/local/clock.js';
import {
  openDurableStore,
  type Collection,
  type DurableStore,
} from '../../lib/local/durable/durable-store.js';
import type { PlaceContext } from '../../lib/local/place-context.js';
import { NO_QUOTAS } from '../../lib/local/quotas/quotas.js';
import type { SimulatedClock } from './simulated-clock.js';

export interface TestPlaceContext extends PlaceContext {
  /** Messages of the problems that were reported. */
  readonly problems: string[];
  /** Sets the value of `endpoint()`. */
  setEndpoint(endpoint: string): void;
  /** Closes the store and removes the folder. */
  dispose(): Promise<void>;
}

/**
 * Creates a context in a temporary folder. The caller must close a `store` or `dataFolder` that it passes. If it
 * passes both, no temporary folder is created. A simulated clock stands still during each write to the store.
 */
export async function openTestPlaceContext(overrides: Partial<PlaceContext> = {}): Promise<TestPlaceContext> {
  const { store: storeOfCaller, dataFolder: folderOfCaller } = overrides;
  const isNeeded = storeOfCaller === undefined || folderOfCaller === undefined;
  const folder = isNeeded ? await mkdtemp(join(tmpdir(), 'codeseeder-place-')) : folderOfCaller;
  const store = storeOfCaller ?? (await openDurableStore(join(folder, 'store')));
  const problems: string[] = [];
  let endpoint = 'http://127.0.0.1:1';
  return {
    account: '123456789012',
    region: 'eu-central-1',
    partition: 'aws',
    credentials: {
      accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url').slice(0, 40),
    },
    dataFolder: folder,
    clock: systemClock,
    quotas: NO_QUOTAS,
    endpoint: () => endpoint,
    reportProblem: (problem) => void problems.push(problem),
    ...overrides,
    store: isSimulated(overrides.clock) ? stopTimeDuring(store, overrides.clock) : store,
    problems,
    setEndpoint: (value) => void (endpoint = value),
    dispose: async () => {
      if (storeOfCaller === undefined) await store.close();
      if (isNeeded) await rm(folder, { recursive: true, force: true });
    },
  };
}

function isSimulated(clock: PlaceContext['clock'] | undefined): clock is SimulatedClock {
  return clock !== undefined && 'standStill' in clock;
}

function stopTimeDuring(store: DurableStore, { standStill }: SimulatedClock): DurableStore {
  return {
    collection: <T>(name: string): Collection<T> => {
      const collection = store.collection<T>(name);
      return {
        ...collection,
        put: (key, value) => standStill(collection.put(key, value)),
        delete: (key) => standStill(collection.delete(key)),
        batch: (changes) => standStill(collection.batch(changes)),
      };
    },
    close: () => store.close(),
  };
}
