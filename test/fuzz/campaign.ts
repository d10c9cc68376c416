import fc from 'fast-check';

/**
 * The number of runs and the seeds of the fuzz tests.
 * `CODESEEDER_FUZZ_RUNS` multiplies the number of runs of every property (default 1, with which all tests take less
 * than a minute). `CODESEEDER_FUZZ_SEED` repeats the seed that a failure printed. Without it, every property is
 * checked with a fixed seed, which repeats earlier failures, and with a new seed. A failure prints the seed, the
 * smallest counterexample and the path to it.
 * `CODESEEDER_FUZZ_RUNS=100 NODE_OPTIONS=--experimental-vm-modules npx jest test/fuzz`
 */
const FACTOR = Number(process.env['CODESEEDER_FUZZ_RUNS'] ?? '1');
const FIXED_SEED = 20_260_101;

/** Timeout of each test, in milliseconds. */
export const CAMPAIGN_MS = Math.max(60_000, FACTOR * 60_000);

/** Maximum duration of a property with one seed, in milliseconds. */
const LIMIT_MS = Math.max(4_000, FACTOR * 2_000);
/**
 * Number of runs after which the elapsed time is checked. fast-check's own time limit is not used: an interrupted
 * property would continue while the next one runs.
 */
const BATCH = 50;

type Property<T> = fc.IProperty<T> | fc.IAsyncProperty<T>;

/** Checks a property with `runs` runs in total, with the fixed seed and with a new one. */
export async function holds<T>(property: Property<T>, runs: number): Promise<void> {
  const seed = process.env['CODESEEDER_FUZZ_SEED'];
  const seeds = seed === undefined ? [FIXED_SEED, Math.floor(Math.random() * 2 ** 31)] : [Number(seed)];
  for (const seed of seeds) {
    const startMs = performance.now();
    const wanted = Math.max(1, Math.ceil((runs * FACTOR) / seeds.length));
    for (let done = 0; done < wanted && performance.now() - startMs < LIMIT_MS; done += BATCH) {
      const numRuns = Math.min(BATCH, wanted - done);
      await fc.assert(property, { seed: seed + done, numRuns, endOnFailure: FACTOR > 1 });
    }
  }
}
