/** The polynomial of CRC-32, with its bits reversed. */
const POLYNOMIAL = 0xedb88320;
/** x to the power of 1. */
const X = 0x40000000;
/** x to the power of 0, which is 1. */
const ONE = 0x80000000;

/**
 * Returns the CRC-32 of two joined pieces of data from the CRC-32 of each, so that pieces of a file can be processed in
 * parallel.
 *
 * @param sizeBytes size of the second piece
 */
export function combineCrc32(first: number, second: number, sizeBytes: number): number {
  return (multiply(powerOfX(sizeBytes * 8), first) ^ second) >>> 0;
}

/** Multiplies two polynomials modulo the polynomial of CRC-32. */
function multiply(one: number, other: number): number {
  let product = 0;
  let shifted = other;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((one & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) !== 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}

/** Raises x to a power by squaring. The exponent may have more than 32 bits. */
function powerOfX(exponent: number): number {
  let power = ONE;
  let square = X;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(square, power);
    square = multiply(square, square);
  }
  return power;
}
