import { CodeseederError } from './codeseeder-error.js';
import { JsonTextFault, scanJson } from './json-scan.js';

/** Options for reading a message from JSON text. */
export interface OutlineOptions {
  /** Names the text in errors, such as `invocation s3://bucket/key`. */
  readonly subject: string;
  /** Members of the outermost object that may be large, which are not parsed into values. */
  readonly unread: readonly string[];
  /** Maximum bytes of the JSON text of all other members together. */
  readonly maxBytes?: number;
}

/** A message whose large members were not parsed into values. */
export interface JsonOutline {
  /** The message. An unread member is an empty array or object, or null if it is neither. */
  readonly value: unknown;
  /** The text of the unread members, by name. */
  readonly texts: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a message from JSON text and checks all of the text. Needs little more memory than the text itself.
 * @throws CodeseederError `InvalidRequest` if the text is not JSON, is nested too deep, or has too many values, or if
 *   the other members exceed `maxBytes`
 */
export function outlineJson(bytes: Uint8Array, { subject, unread, maxBytes }: OutlineOptions): JsonOutline {
  const members = [...scanned(bytes, subject)];
  const texts = new Map(members.filter(([name]) => unread.includes(name)));
  const read = members.filter(([name]) => !texts.has(name));
  const sizeBytes = read.reduce((sum, [, text]) => sum + text.byteLength, 0);
  if (maxBytes !== undefined && sizeBytes > maxBytes) {
    const names = read.map(([name]) => name).join(', ');
    throw new CodeseederError(
      'InvalidRequest',
      `The ${subject} is not valid: ${names.slice(0, 200)} have ${sizeBytes} bytes, at most ${maxBytes} are allowed; pass large values as arguments`,
    );
  }
  const value = Object.fromEntries([
    ...read.map(([name, text]) => [name, parsed(text)] as const),
    ...[...texts].map(([name, text]) => [name, emptyLike(text)] as const),
  ]);
  // Text without members is an empty object, an array or a scalar.
  return { value: members.length > 0 ? value : emptyLike(bytes), texts };
}

/**
 * Checks JSON text before it is parsed.
 * @throws CodeseederError `InvalidRequest` if the text is not JSON, is nested too deep, or has too many values
 */
export function checkJsonText(bytes: Uint8Array, subject: string): void {
  scanned(bytes, subject);
}

function scanned(bytes: Uint8Array, subject: string): ReturnType<typeof scanJson> {
  try {
    return scanJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonTextFault)) throw error;
    throw new CodeseederError('InvalidRequest', describeFault(error, subject), { cause: error });
  }
}

function describeFault({ kind, message }: JsonTextFault, subject: string): string {
  switch (kind) {
    case 'notJson':
      return `The ${subject} is not JSON: ${message}`;
    case 'tooDeep':
      return `The ${subject} is not valid: ${message}`;
    case 'tooManyValues':
      return `The ${subject} is not valid: ${message}. Put large data into files or S3 and pass their location.`;
  }
}

function parsed(text: Uint8Array): unknown {
  return JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8')) as unknown;
}

function emptyLike(text: Uint8Array): unknown {
  const first = text.find((byte) => byte > 0x20);
  if (first === 0x5b) return [];
  return first === 0x7b ? {} : null;
}
