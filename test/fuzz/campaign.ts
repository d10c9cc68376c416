import fc from 'fast-check';

/**
 * How much is tried.
 *
 * `CODESEEDER_FUZZ_RUNS` multiplies the runs of every property (default 1, which keeps the folder below a minute);
 * `CODESEEDER_FUZZ_SEED` repeats one seed, as a failure printed it. Without it every property is tried from a fixed
 * seed, so that what once fell stays tried, and from a new one. A failure prints the seed, the path to the smallest
 * counterexample and the counterexample itself.
 *
 * `CODESEEDER_FUZZ_RUNS=100 NODE_OPTIONS=--experimental-vm-modules npx jest test/fuzz`
 */
const FACTOR = Number(process.env['CODESEEDER_FUZZ_RUNS'] ?? '1');
const FIXED_SEED = 20_260_101;

/** Time that a jest test of a property gets, in milliseconds. */
export const CAMPAIGN_MS = Math.max(60_000, FACTOR * 60_000);

/** No property goes on longer for one seed, however slow the machine. */
const LIMIT_MS = Math.max(4_000, FACTOR * 2_000);
/** Runs between two looks at the time: a property that was broken off in the middle would go on beside the next. */
const BATCH = 50;

type Property<T> = fc.IProperty<T> | fc.IAsyncProperty<T>;

/** Tries a property from the fixed seed and from a new one, `runs` times together. */
export async function holds<T>(property: Property<T>, runs: number): Promise<void> {
  const given = process.env['CODESEEDER_FUZZ_SEED'];
  const seeds = given === undefined ? [FIXED_SEED, Math.floor(Math.random() * 2 ** 31)] : [Number(given)];
  for (const seed of seeds) {
    const startMs = performance.now();
    const wanted = Math.max(1, Math.ceil((runs * FACTOR) / seeds.length));
    for (let done = 0; done < wanted && performance.now() - startMs < LIMIT_MS; done += BATCH) {
      const numRuns = Math.min(BATCH, wanted - done);
      await fc.assert(property, { seed: seed + done, numRuns, endOnFailure: FACTOR > 1 });
    }
  }
}
