import { ByteCursor } from './byte-cursor.js';

/**
 * Decompresses a block in Snappy's raw format.
 * @throws Error when it has another format
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function uncompressSnappy(compressed: Buffer): Buffer {
  const cursor = new ByteCursor(compressed);
  const output = Buffer.alloc(cursor.varint());
  let length = 0;
  const copy = (bytes: number, back: number) => {
    if (back === 0 || back > length || length + bytes > output.length) {
      throw new Error('a compressed block is not valid');
    }
    // Copies byte by byte. Source and target may overlap; the format then means that the copied bytes repeat.
    for (const end = length + bytes; length < end; length += 1) output[length] = output[length - back] ?? 0;
  };
  while (!cursor.isAtEnd) {
    const tag = cursor.byte();
    const upper = tag >> 2;
    switch (tag & 3) {
      case 0: {
        const literal = cursor.bytes(1 + (upper < 60 ? upper : cursor.littleEndian(upper - 59)));
        if (length + literal.length > output.length) throw new Error('a compressed block is not valid');
        length += literal.copy(output, length);
        break;
      }
      case 1:
        copy(4 + (upper & 7), ((tag >> 5) << 8) | cursor.byte());
        break;
      case 2:
        copy(1 + upper, cursor.littleEndian(2));
        break;
      default:
        copy(1 + upper, cursor.littleEndian(4));
    }
  }
  if (length !== output.length) throw new Error('a compressed block is incomplete');
  return output;
}
