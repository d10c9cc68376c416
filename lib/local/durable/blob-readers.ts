interface Named {
  readonly id: string;
}

/** Delays the deletion of a blob until its last reader has finished. */
export class BlobReaders {
  readonly #remove: (id: string) => Promise<void>;
  readonly #readers = new Map<string, number>();
  readonly #deleted = new Set<string>();

  constructor(remove: (id: string) => Promise<void>) {
    this.#remove = remove;
  }

  /**
   * Registers a reader.
   * @returns a function that ends the reading and may be called more than once
   * @throws Error `ENOENT` when one of the blobs is being deleted
   */
  hold(blobs: readonly Named[]): () => void {
    const deleted = blobs.find(({ id }) => this.#deleted.has(id));
    if (deleted !== undefined) {
      throw Object.assign(new Error(`The blob ${deleted.id} was deleted.`), { code: 'ENOENT' });
    }
    for (const { id } of blobs) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      void this.#release(blobs);
    };
  }

  async delete(blobs: readonly Named[]): Promise<void> {
    for (const { id } of blobs) this.#deleted.add(id);
    await this.#removeUnread(blobs);
  }

  async #release(blobs: readonly Named[]): Promise<void> {
    for (const { id } of blobs) {
      const left = (this.#readers.get(id) ?? 1) - 1;
      if (left === 0) this.#readers.delete(id);
      else this.#readers.set(id, left);
    }
    // If removing a file fails, the next start removes it.
    await this.#removeUnread(blobs.filter(({ id }) => this.#deleted.has(id))).catch(() => {});
  }

  async #removeUnread(blobs: readonly Named[]): Promise<void> {
    const unread = blobs.filter(({ id }) => !this.#readers.has(id));
    await Promise.all(unread.map(({ id }) => this.#remove(id)));
    for (const { id } of unread) this.#deleted.delete(id);
  }
}
