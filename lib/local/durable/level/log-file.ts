import { isChecksumRight } from './masked-checksum.js';

/** Size of a block. The 7-byte header of a record never extends over two blocks. */
const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
/** Size of a page. A write that was interrupted by `kill -9` ends at a multiple of this size on all systems. */
const PAGE_BYTES = 4_096;
const INCOMPLETE = 'the last record is incomplete';
const TYPES = { whole: 1, first: 2, middle: 3, last: 4 } as const;

/** A damaged range of a file. */
export interface Damage {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly reason: string;
}

export interface LogContent {
  readonly records: readonly Buffer[];
  readonly damage: readonly Damage[];
  /** Offset at which the last valid record before the first damage ends. */
  readonly validBytes: number;
}

/**
 * Reads a log or a manifest of LevelDB. After damage, continues with the next block, as LevelDB does. An incomplete
 * record at the end is not damage: `kill -9` interrupted its write, which was never acknowledged.
 * @see https://github.com/google/leveldb/blob/main/doc/log_format.md
 */
export function readLogFile(content: Buffer): LogContent {
  const assembly = new Assembly();
  for (const part of partsOf(content)) {
    if ('reason' in part) assembly.lose(part.offset, part.end, part.reason);
    else assembly.add(part);
  }
  return assembly.finish(content.length);
}

interface Part {
  readonly offset: number;
  readonly end: number;
  readonly type: number;
  readonly payload: Buffer;
}

type LostPart = Pick<Part, 'offset' | 'end'> & { readonly reason: string };

/**
 * Yields the fragments of records. A fragment is a whole record, or the part of a record that is in one block.
 */
function* partsOf(content: Buffer): Generator<Part | LostPart> {
  for (let offset = 0; offset < content.length;) {
    const blockEnd = Math.min(content.length, offset - (offset % BLOCK_BYTES) + BLOCK_BYTES);
    if (BLOCK_BYTES - (offset % BLOCK_BYTES) >= HEADER_BYTES) {
      const part = readPart(content, offset, blockEnd);
      yield part;
      offset = part.end;
    } else offset = blockEnd;
  }
}

function readPart(content: Buffer, offset: number, blockEnd: number): Part | LostPart {
  const lost = (reason: string) => ({ offset, end: blockEnd, reason });
  const start = offset + HEADER_BYTES;
  if (start > blockEnd) return lost(INCOMPLETE);
  const end = start + content.readUInt16LE(offset + 4);
  const type = content.readUInt8(offset + 6);
  if (end > blockEnd) {
    return lost(blockEnd % BLOCK_BYTES === 0 ? 'a record is longer than its block' : INCOMPLETE);
  }
  if (!isChecksumRight(content.readUInt32LE(offset), content.subarray(offset + 6, end))) {
    return lost('the checksum of a record does not match');
  }
  if (type < TYPES.whole || type > TYPES.last) return lost(`a record has the unknown type ${type}`);
  return { offset, end, type, payload: content.subarray(start, end) };
}

/** Joins the fragments of records. */
class Assembly {
  readonly #records: Buffer[] = [];
  readonly #damage: Damage[] = [];
  #parts: Part[] = [];
  #validBytes = 0;

  add(part: Part): void {
    const continues = part.type === TYPES.middle || part.type === TYPES.last;
    if (continues !== this.#parts.length > 0) {
      this.lose(part.offset, continues ? part.end : part.offset, 'a record is incomplete');
      if (continues) return;
    }
    this.#parts.push(part);
    if (part.type !== TYPES.whole && part.type !== TYPES.last) return;
    this.#records.push(Buffer.concat(this.#parts.map(({ payload }) => payload)));
    this.#parts = [];
    if (this.#damage.length === 0) this.#validBytes = part.end;
  }

  /** Adds a damaged range. It begins at the first fragment of the incomplete record. */
  lose(offset: number, end: number, reason: string): void {
    const from = this.#parts[0]?.offset ?? offset;
    this.#damage.push({ offset: from, lengthBytes: end - from, reason });
    this.#parts = [];
  }

  finish(end: number): LogContent {
    if (this.#parts.length > 0) this.lose(end, end, INCOMPLETE);
    if (end % PAGE_BYTES === 0 && this.#damage.at(-1)?.reason === INCOMPLETE) this.#damage.pop();
    return { records: this.#records, damage: this.#damage, validBytes: this.#validBytes };
  }
}
