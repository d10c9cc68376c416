interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when all code sleeps. */
export class SimulatedTime {
  #nowMs: number;
  #sleepers: Sleeper[] = [];
  #isAdvancing = false;

  constructor(start: Date) {
    this.#nowMs = start.getTime();
  }

  readonly now = (): Date => new Date(this.#nowMs);

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ wakeMs: this.#nowMs + ms, wake });
      if (!this.#isAdvancing) void this.#advance();
    });

  async #advance(): Promise<void> {
    this.#isAdvancing = true;
    while (this.#sleepers.length > 0) {
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      this.#nowMs = Math.max(this.#nowMs, Math.min(...this.#sleepers.map(({ wakeMs }) => wakeMs)));
      const due = this.#sleepers.filter(({ wakeMs }) => wakeMs <= this.#nowMs);
      this.#sleepers = this.#sleepers.filter(({ wakeMs }) => wakeMs > this.#nowMs);
      for (const { wake } of due) wake();
    }
    this.#isAdvancing = false;
  }
}
