import { AwsError } from '../wire/aws-error.js';

/** Offsets of the first and the last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Parses a `Range` header. Ignores a header that is not a single range of bytes, as S3 does.
 * @throws AwsError `InvalidRange` when the range is outside of the object
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || header === 'bytes=-') return undefined;
  const [, first = '', last = ''] = match;
  const range =
    first === '' ? suffixRange(Number(last), sizeBytes) : rangeFrom(Number(first), last, sizeBytes);
  if (range === undefined || range.start <= range.end) return range;
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
    RangeRequested: header,
    ActualObjectSize: sizeBytes,
  });
}

/** Returns the range of the last bytes of an object. */
function suffixRange(lengthBytes: number, sizeBytes: number): ByteRange {
  return { start: Math.max(sizeBytes - lengthBytes, 0), end: lengthBytes === 0 ? -1 : sizeBytes - 1 };
}

function rangeFrom(start: number, last: string, sizeBytes: number): ByteRange | undefined {
  if (last !== '' && Number(last) < start) return undefined;
  return { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}
