import fc from 'fast-check';

/**
 * The extent of the fuzz tests.
 *
 * `CODESEEDER_FUZZ_RUNS` multiplies the runs of every property (default 1, which keeps the folder below a minute);
 * `CODESEEDER_FUZZ_SEED` repeats one seed, as a failure printed it. Without it every property is tried from a fixed
 * seed, which repeats earlier failures, and from a new one. A failure prints the seed, the path to the smallest
 * counterexample and the counterexample itself.
 *
 * `CODESEEDER_FUZZ_RUNS=100 NODE_OPTIONS=--experimental-vm-modules npx jest test/fuzz`
 */
const FACTOR = Number(process.env['CODESEEDER_FUZZ_RUNS'] ?? '1');
const FIXED_SEED = 20_260_101;

/** Timeout of a test of a property, in milliseconds. */
export const CAMPAIGN_MS = Math.max(60_000, FACTOR * 60_000);

/** Longest time of a property for one seed, in milliseconds. */
const LIMIT_MS = Math.max(4_000, FACTOR * 2_000);
/** Runs between two checks of the time. A property interrupted by fast-check would continue beside the next one. */
const BATCH = 50;

type Property<T> = fc.IProperty<T> | fc.IAsyncProperty<T>;

/** Checks a property `runs` times in total, from the fixed seed and from a new one. */
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
