import { openStreamFile, type StreamFile, type StreamLocation } from './stream-file.js';

/** Maximum number of streams whose index is kept in memory, unless more are being opened or written. */
const OPEN_MAX = 200;

/** Cache of opened stream files. Drops the least recently used file that is not being written. */
export class OpenStreams {
  readonly #opening = new Map<string, Promise<StreamFile>>();
  readonly #opened = new Map<string, StreamFile>();

  open(location: StreamLocation): Promise<StreamFile> {
    const { path } = location;
    const file = this.#opening.get(path) ?? openStreamFile(location);
    this.#opening.delete(path);
    this.#opening.set(path, file);
    void file.then(
      (opened) => this.#opened.set(path, opened),
      () => this.#opening.delete(path),
    );
    for (const old of this.#opening.keys()) {
      if (this.#opening.size <= OPEN_MAX) break;
      if (this.#opened.get(old)?.isBusy() === false) this.forget(old);
    }
    return file;
  }

  forget(path: string): void {
    this.#opening.delete(path);
    this.#opened.delete(path);
  }

  forgetBelow(folder: string): void {
    for (const path of [...this.#opening.keys()]) if (path.startsWith(folder)) this.forget(path);
  }
}
