import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import type { Objects } from '../../ports.js';
import type { ResultWriter } from './distributed-map-schemas.js';
import { type MapResults, resultTexts } from './map-results.js';
import type { ChildEnd } from './map-run.js';
import { RESULT_WRITER_FAILED, StateError } from './state-error.js';

/**
 * Maximum size of a result file.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
const FILE_MAX_BYTES = 5 * 1024 ** 3;

/** Location in S3 of the results of a map run. */
export interface Destination {
  readonly objects: Objects;
  readonly bucket: string;
  readonly prefix: string;
  readonly mapRunArn: string;
}

/** Extension, beginning, separator and end of a result file, by format. */
const FORMATS = {
  JSON: { extension: 'json', head: '[', between: ',', end: ']' },
  JSONL: { extension: 'jsonl', head: '', between: '\n', end: '\n' },
} as const;
type Format = (typeof FORMATS)[keyof typeof FORMATS];

interface WrittenFile {
  readonly Key: string;
  readonly Size: number;
}

/**
 * Writes the result of each child execution, as soon as the child ends, to the files for its status below
 * `<prefix>/<id of the map run>/`. At the end of the map run, writes `manifest.json`, which lists the files.
 */
export function resultFiles(
  destination: Destination,
  { transformation, outputType }: Pick<ResultWriter, 'transformation' | 'outputType'>,
  fileMaxBytes = FILE_MAX_BYTES,
): MapResults {
  const { objects, bucket, mapRunArn } = destination;
  const folder = folderOf(destination);
  const open = (name: string) =>
    fileSeries(destination, `${folder}${name}`, { fileMaxBytes, format: FORMATS[outputType] });
  const series = { FAILED: open('FAILED'), PENDING: open('PENDING'), SUCCEEDED: open('SUCCEEDED') };
  const addAll = async (child: ChildEnd) => {
    const file = series[seriesOf(child)];
    for (const text of resultTexts(child, transformation)) await file.add(text);
  };
  return {
    hasPending: true,
    add: (child) => asWriterError(addAll(child)),
    async finish() {
      const { FAILED, PENDING, SUCCEEDED } = series;
      const [failed, pending, succeeded] = await asWriterError(
        Promise.all([FAILED.close(), PENDING.close(), SUCCEEDED.close()]),
      );
      const manifest = {
        DestinationBucket: bucket,
        MapRunArn: mapRunArn,
        ResultFiles: { FAILED: failed, PENDING: pending, SUCCEEDED: succeeded },
      };
      const key = `${folder}manifest.json`;
      await asWriterError(objects.write(bucket, key, Buffer.from(JSON.stringify(manifest))));
      return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: bucket, Key: key } };
    },
  };
}

function folderOf({ prefix, mapRunArn }: Destination): string {
  const id = mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1);
  return prefix === '' || prefix.endsWith('/') ? `${prefix}${id}/` : `${prefix}/${id}/`;
}

function seriesOf({ status }: ChildEnd): 'FAILED' | 'PENDING' | 'SUCCEEDED' {
  return status === 'SUCCEEDED' || status === 'PENDING' ? status : 'FAILED';
}

async function asWriterError<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw new StateError(RESULT_WRITER_FAILED, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Writes texts to files `<name>_0.json`, `<name>_1.json` and so on. Creates each file when the first text for it is
 * written.
 */
function fileSeries(
  { objects, bucket }: Destination,
  name: string,
  { fileMaxBytes, format }: { readonly fileMaxBytes: number; readonly format: Format },
) {
  const written: WrittenFile[] = [];
  let current: ReturnType<typeof openFile> | undefined;
  let closing: Promise<void> = Promise.resolve();
  let count = 0;
  const closeCurrent = () => {
    const file = current;
    current = undefined;
    closing = closing.then(async () => {
      if (file !== undefined) written.push(await file.close());
    });
    closing.catch(() => undefined);
  };
  return {
    async add(text: string): Promise<void> {
      if (current !== undefined && current.sizeBytes() + Buffer.byteLength(text) + 2 > fileMaxBytes)
        closeCurrent();
      if (current === undefined) {
        current = openFile(objects, bucket, `${name}_${count}.${format.extension}`, format);
        count += 1;
      }
      await current.add(text);
    },
    async close(): Promise<readonly WrittenFile[]> {
      closeCurrent();
      await closing;
      return written;
    },
  };
}

/** Creates an object whose content is written in pieces. */
function openFile(objects: Objects, bucket: string, key: string, format: Format) {
  const content = new PassThrough();
  let sizeBytes = 0;
  let room: Promise<unknown> | undefined;
  const write = (text: string) => {
    sizeBytes += Buffer.byteLength(text);
    return content.write(text);
  };
  const stored = objects.write(bucket, key, content);
  // After a failed upload nothing reads the content. Destroying the stream ends writers that wait for space; close()
  // throws the error.
  stored.catch((error: Error) => content.destroy(error));
  content.on('error', () => undefined);
  return {
    sizeBytes: () => sizeBytes,
    async add(text: string): Promise<void> {
      if (content.destroyed) await stored;
      const hasRoom = write(`${sizeBytes === 0 ? format.head : format.between}${text}`);
      if (hasRoom) return;
      room ??= once(content, 'drain').finally(() => {
        room = undefined;
      });
      await room;
    },
    async close(): Promise<WrittenFile> {
      write(format.end);
      content.end();
      await stored;
      return { Key: key, Size: sizeBytes };
    },
  };
}
