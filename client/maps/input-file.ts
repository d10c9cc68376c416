import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

import {
  CodeseederError,
  ENVIRONMENT_MAX_CHARACTERS,
  findJsonFault,
  type IndexRange,
  type Invocation,
  MAP_INPUT_LINE_MAX_BYTES,
  MAP_INPUTS_MAX,
  sealInput,
  type Sealing,
  SINGLE_PUT_MAX_BYTES,
} from '../../lib/contract/index.js';

/** A temporary file with the inputs of a map. Each line has one input, with a seal (HMAC) against changes. */
export interface InputFile {
  readonly total: number;
  readonly ranges: readonly IndexRange[];
  readonly sizeBytes: number;
  /** SHA-256 in base64, as S3 reports it. */
  readonly checksumSha256: string;
  read(): Readable;
  dispose(): Promise<void>;
}

/** An input with its index, and its arguments as the JSON of an array. */
export interface IndexedInput {
  readonly index: number;
  readonly args: string;
}

/**
 * Returns the inputs of a map with their indexes.
 * @throws CodeseederError `ArgumentsNotJson` naming the input, `InvalidRequest` if it is too large
 */
export async function* indexedInputs(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  kind: Invocation['kind'],
): AsyncGenerator<IndexedInput> {
  let index = 0;
  for await (const input of inputs) {
    const args: unknown = Array.isArray(input) && kind !== 'commands' ? input : [input];
    const fault = findJsonFault(args, `inputs[${index}]`, MAP_INPUT_LINE_MAX_BYTES);
    if (fault?.kind === 'tooLarge') throw tooLarge(index, `more than ${MAP_INPUT_LINE_MAX_BYTES}`);
    if (fault !== undefined) {
      const message = `The inputs are not JSON: ${fault.path} ${fault.problem}.`;
      throw new CodeseederError('ArgumentsNotJson', message);
    }
    const text = JSON.stringify(args);
    if (kind === 'commands' && text.length > ENVIRONMENT_MAX_CHARACTERS) {
      throw invalid(
        `inputs[${index}] has ${text.length} characters; commands get their input in an environment variable, and all variables of a build together have at most ${ENVIRONMENT_MAX_CHARACTERS}. Put the input into S3 and pass its key.`,
      );
    }
    yield { index, args: text };
    index += 1;
  }
}

/**
 * Writes the inputs of a map into a temporary file, so that all of them are checked before anything is uploaded, and
 * none stays in memory.
 * @throws CodeseederError `InvalidRequest` for no inputs, too many, or too large ones
 */
export async function writeInputFile(
  inputs: AsyncIterable<IndexedInput>,
  sealing: Sealing,
  signal: AbortSignal | undefined,
): Promise<InputFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-map-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  const file = path.join(folder, 'inputs.jsonl');
  try {
    const written = await writeLines(inputs, sealing, file, signal);
    return { ...written, read: () => createReadStream(file), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function writeLines(
  inputs: AsyncIterable<IndexedInput>,
  sealing: Sealing,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Omit<InputFile, 'read' | 'dispose'>> {
  const stream = createWriteStream(file);
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const hash = createHash('sha256');
  const ranges: [number, number][] = [];
  let total = 0;
  let sizeBytes = 0;
  for await (const { index, args } of inputs) {
    signal?.throwIfAborted();
    const line = Buffer.from(`${JSON.stringify(sealInput(index, args, sealing))}\n`);
    if (line.byteLength > MAP_INPUT_LINE_MAX_BYTES) throw tooLarge(index, String(line.byteLength));
    total += 1;
    sizeBytes += line.byteLength;
    if (total > MAP_INPUTS_MAX) throw invalid(`A map has at most ${MAP_INPUTS_MAX} inputs.`);
    if (sizeBytes > SINGLE_PUT_MAX_BYTES) {
      throw invalid(
        `The inputs of a map have at most ${SINGLE_PUT_MAX_BYTES} bytes; inputs[${index}] exceeds them. Use several maps.`,
      );
    }
    const last = ranges.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
    hash.update(line);
    if (!stream.write(line)) await Promise.race([once(stream, 'drain'), failed]);
  }
  if (total === 0) throw invalid('There are no inputs. Give at least one.');
  stream.end();
  await Promise.race([once(stream, 'close'), failed]);
  return { total, ranges, sizeBytes, checksumSha256: hash.digest('base64') };
}

function tooLarge(index: number, sizeBytes: string): CodeseederError {
  return invalid(
    `inputs[${index}] has ${sizeBytes} bytes as JSON; an input of a map has at most ${MAP_INPUT_LINE_MAX_BYTES}. Put large data into S3 and pass its location.`,
  );
}

function invalid(message: string): CodeseederError {
  return new CodeseederError('InvalidRequest', message);
}
