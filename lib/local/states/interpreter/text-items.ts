import { isTooDeep } from '../../wire/data-depth.js';

/** Maximum length of the text of one item. It limits the memory that reading a file needs. */
const ITEM_MAX_CHARACTERS = 8 * 1024 ** 2;

/** A text, received in pieces. */
export type Chunks = AsyncIterable<string>;

/** Yields the items of a JSON array one by one. @throws SyntaxError */
export async function* jsonItems(chunks: Chunks): AsyncGenerator<unknown> {
  const reader = new ArrayReader();
  for await (const chunk of chunks) yield* reader.read(chunk);
  reader.end();
}

/** Yields the items of a JSON Lines file. Skips empty lines. @throws SyntaxError that names the line */
export async function* jsonLines(chunks: Chunks): AsyncGenerator<unknown> {
  let number = 0;
  for await (const line of textLines(chunks)) {
    number += 1;
    if (line.trim() !== '') yield parse(line, `line ${number}`);
  }
}

async function* textLines(chunks: Chunks): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = checkLength(rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

/** Finds the items in the text of a JSON array, and parses one item at a time. */
class ArrayReader {
  private state: 'before' | 'inside' | 'after' = 'before';
  private item = '';
  private depth = 0;
  private isInString = false;
  private isEscaped = false;
  private count = 0;

  *read(chunk: string): Generator<unknown> {
    let start = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const character = chunk.charAt(index);
      if (this.state !== 'inside') {
        this.checkOutside(character);
        start = index + 1;
      } else if (this.endsItem(character)) {
        yield* this.take(chunk.slice(start, index), character === ']');
        start = index + 1;
      }
    }
    if (this.state === 'inside') this.item = checkLength(this.item + chunk.slice(start));
  }

  end(): void {
    if (this.state !== 'after') throw new SyntaxError('The file is not a complete JSON array.');
  }

  private checkOutside(character: string): void {
    if (/[\s\uFEFF]/.test(character)) return;
    if (this.state === 'after') throw new SyntaxError('There is more after the end of the JSON array.');
    if (character !== '[') throw new SyntaxError('The file is not a JSON array.');
    this.state = 'inside';
  }

  /** Returns whether a character ends the current item: the comma after it, or the end of the array. */
  private endsItem(character: string): boolean {
    if (this.isInString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (character === '\\') this.isEscaped = true;
      else if (character === '"') this.isInString = false;
      return false;
    }
    if (character === '"') this.isInString = true;
    else if (character === '[' || character === '{') this.depth += 1;
    else if (this.depth === 0) return character === ',' || character === ']';
    else if (character === ']' || character === '}') this.depth -= 1;
    return false;
  }

  private *take(rest: string, isLast: boolean): Generator<unknown> {
    const text = checkLength(this.item + rest);
    this.item = '';
    if (isLast) this.state = 'after';
    if (isLast && this.count === 0 && text.trim() === '') return;
    this.count += 1;
    yield parse(text, `item ${this.count}`);
  }
}

function parse(text: string, where: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    if (isTooDeep(value)) throw new SyntaxError('it is nested too deeply');
    return value;
  } catch (error) {
    throw new SyntaxError(`The file has no JSON in ${where}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Yields the rows of a CSV file as objects, whose members are the names of the columns. A missing field is an empty
 * string; fields beyond the last column are left out.
 * @param headers names of the columns; by default, those in the first row
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export async function* csvItems(
  chunks: Chunks,
  { delimiter, headers }: { readonly delimiter: string; readonly headers?: readonly string[] | undefined },
): AsyncGenerator<Readonly<Record<string, string>>> {
  let names = headers;
  for await (const row of csvRows(chunks, delimiter)) {
    if (names === undefined) names = row;
    else yield Object.fromEntries(names.map((name, column) => [name, row[column] ?? '']));
  }
}

/** Yields the rows of a CSV file. @see https://www.rfc-editor.org/rfc/rfc4180 */
async function* csvRows(chunks: Chunks, delimiter: string): AsyncGenerator<string[]> {
  const reader = new RowReader(delimiter);
  for await (const chunk of chunks) yield* reader.read(chunk);
  yield* reader.end();
}

class RowReader {
  private readonly delimiter: string;
  private row: string[] = [];
  private field = '';
  private quotes: 'none' | 'open' | 'closed' = 'none';
  private isFirst = true;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  *read(chunk: string): Generator<string[]> {
    for (const character of this.isFirst ? chunk.replace(/^\uFEFF/, '') : chunk) {
      if (this.quotes === 'open') this.quoted(character);
      else if (character === '"' && (this.quotes === 'closed' || this.field === '')) this.quote();
      else if (character === this.delimiter) this.endField();
      else if (character === '\n') yield* this.endRow();
      else this.field += character;
    }
    this.isFirst = false;
    checkLength(this.field);
  }

  *end(): Generator<string[]> {
    if (this.quotes === 'open') throw new SyntaxError('The CSV file ends inside of quotation marks.');
    if (this.row.length > 0 || this.field !== '') yield* this.endRow();
  }

  private quoted(character: string): void {
    if (character === '"') this.quotes = 'closed';
    else this.field += character;
  }

  /**
   * Handles a quotation mark: it begins or ends a quoted field. Two of them in a quoted field are one character of
   * the field.
   */
  private quote(): void {
    if (this.quotes === 'closed') this.field += '"';
    this.quotes = 'open';
  }

  private endField(): void {
    this.row.push(this.field);
    this.field = '';
    this.quotes = 'none';
  }

  private *endRow(): Generator<string[]> {
    if (this.field.endsWith('\r')) this.field = this.field.slice(0, -1);
    this.endField();
    const { row } = this;
    this.row = [];
    // Skips an empty line.
    if (row.length > 1 || row[0] !== '') yield row;
  }
}

function checkLength(text: string): string {
  if (text.length <= ITEM_MAX_CHARACTERS) return text;
  throw new RangeError(`An item of the file has more than ${ITEM_MAX_CHARACTERS} characters.`);
}
