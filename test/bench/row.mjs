/**
 * One result: the measured value, in the unit of its bound, and its details.
 * @typedef {{ name: string, measured: number, bound: number, unit: string, detail: string }} Row
 */

/** @param {Row} row */
export function printRow({ name, measured, bound, unit, detail }) {
  const verdict = measured > bound ? 'OVER' : 'PASS';
  const digits = unit === 'x' ? 3 : 0;
  const figures = `${measured.toFixed(digits)}${unit}, at most ${bound}${unit}`;
  console.log(`${name.padEnd(44)} ${figures.padEnd(32)} ${verdict}  ${detail}`);
}

export function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
