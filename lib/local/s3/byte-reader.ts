import { AwsError } from '../wire/aws-error.js';
import { invalidRequest } from './refusals.js';

const LONGEST_LINE_BYTES = 16 * 1024;

/** Reads lines and given numbers of bytes from a stream. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /**
   * Reads a line and returns it without its CRLF.
   * @throws AwsError `IncompleteBody` at the end of the source, `InvalidRequest` for a line over 16 KiB
   */
  async line(): Promise<string> {
    let end = this.#rest.indexOf('\r\n');
    while (end < 0) {
      if (this.#rest.length > LONGEST_LINE_BYTES) {
        throw invalidRequest('A line of the aws-chunked body is too long.');
      }
      if (!(await this.#more())) throw incomplete();
      end = this.#rest.indexOf('\r\n');
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }

  /** Reads exactly this number of bytes, in pieces. @throws AwsError `IncompleteBody` */
  async *take(sizeBytes: number): AsyncGenerator<Buffer> {
    let left = sizeBytes;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) throw incomplete();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  /** Whether the source has no more bytes. */
  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      if (!(await this.#more())) return true;
    }
    return false;
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}

function incomplete(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}
