import fc from 'fast-check';

const BLOCK = 4_096;
const UNIT = 2 ** 30;

/** Returns a function that returns numbers in [0, 1). Equal seeds give the same numbers in the same order. */
export function randomStream(seed: number): () => number {
  const integer = fc.noBias(fc.integer({ min: 0, max: UNIT - 1 }));
  let block = seed * 1_000;
  let numbers: number[] = [];
  return () => {
    if (numbers.length === 0) {
      numbers = fc.sample(integer, { seed: block, numRuns: BLOCK });
      block += 1;
    }
    return (numbers.pop() ?? 0) / UNIT;
  };
}
