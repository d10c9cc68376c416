/** Reads the numbers and strings of LevelDB's formats one after the other. */
export class ByteCursor {
  readonly #bytes: Buffer;
  #offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#offset++);
  }

  /** Reads a number of variable length. @throws RangeError for a number that is incomplete or has more than 8 bytes */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError('A number is too large.');
  }

  /** Reads a number of 1 to 4 bytes. */
  littleEndian(length: number): number {
    this.#offset += length;
    return this.#bytes.readUIntLE(this.#offset - length, length);
  }

  unsigned64(): bigint {
    this.#offset += 8;
    return this.#bytes.readBigUInt64LE(this.#offset - 8);
  }

  /** Reads bytes. @throws RangeError if fewer bytes are left */
  bytes(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new RangeError('A string is longer than its file.');
    const found = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return found;
  }

  /** Reads a length, and then as many bytes. */
  counted(): Buffer {
    return this.bytes(this.varint());
  }
}
