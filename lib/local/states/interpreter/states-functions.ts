import { createHash, randomInt, randomUUID } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/**
 * Maximum number of items that `$range` returns: as many as fit into the memory that Step Functions allows for one
 * value.
 */
const RANGE_MAX_ITEMS = 360_145;

/**
 * The functions that Step Functions adds to JSONata. `$eval` is not available.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export const statesFunctions = {
  eval: undefined,
  partition(array: unknown, chunkSize: unknown): unknown {
    if (array === undefined) return undefined;
    const size = Math.trunc(Number(chunkSize));
    if (!Array.isArray(array)) throw new TypeError('$partition takes an array and the size of a part');
    if (!(size > 0)) return undefined;
    return Array.from({ length: Math.ceil(array.length / size) }, (_, part): unknown[] =>
      array.slice(part * size, (part + 1) * size),
    );
  },
  range(first: unknown, last: unknown, delta: unknown): unknown {
    const [start, end, step] = [first, last, delta].map((value) => Math.trunc(Number(value)));
    if (!isNumber(start) || !isNumber(end) || !isNumber(step) || step === 0) return undefined;
    const length = Math.floor((end - start) / step) + 1;
    if (length < 1) return undefined;
    if (length > RANGE_MAX_ITEMS) throw new RangeError('Expression evaluation memory limit exceeded');
    return Array.from({ length }, (_, index) => start + index * step);
  },
  hash(data: unknown, algorithm: unknown): unknown {
    if (data === undefined || algorithm === undefined) return undefined;
    const name = typeof algorithm === 'string' ? HASHES[algorithm] : undefined;
    if (name === undefined) {
      throw new TypeError(`$hash takes one of ${Object.keys(HASHES).join(', ')}`);
    }
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    return createHash(name).update(text).digest('hex');
  },
  random(seed: unknown): number {
    return seed === undefined ? randomInt(2 ** 47) / 2 ** 47 : seededRandom(Math.trunc(Number(seed)));
  },
  uuid: (): string => randomUUID(),
  parse(text: unknown): unknown {
    if (text === undefined) return undefined;
    if (typeof text !== 'string') throw new TypeError('$parse takes a string of JSON');
    return JSON.parse(text) as unknown;
  },
};

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

/** Returns a number in [0, 1). Equal seeds give equal numbers. */
function seededRandom(seed: number): number {
  const digest = createHash('sha256').update(String(seed)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
