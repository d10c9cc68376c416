/** The inputs of a map and their states, small enough to hold and sort a hundred thousand of them. */
import { INPUT_STATES, type InputRange, type InputState, type MapView, STATE_LETTERS } from '../../api.js';

/** The inputs of a map, by their position: the input with the lowest index has the position 0. */
export class MapInputs {
  readonly #indexes: Int32Array;
  /** Position of each input's state in {@link INPUT_STATES}. */
  readonly #states: Uint8Array;

  constructor(ranges: readonly InputRange[]) {
    const total = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    this.#indexes = new Int32Array(total);
    this.#states = new Uint8Array(total).fill(INPUT_STATES.indexOf('waiting'));
    let position = 0;
    for (const [first, last] of ranges)
      for (let index = first; index <= last; index += 1) {
        this.#indexes[position] = index;
        position += 1;
      }
  }

  get length(): number {
    return this.#indexes.length;
  }

  indexAt(position: number): number {
    return this.#indexes[position] ?? 0;
  }

  stateAt(position: number): InputState {
    return INPUT_STATES[this.#states[position] ?? 0] ?? 'waiting';
  }

  /** Takes over the groups of an answer. */
  apply(groups: NonNullable<MapView['groups']>): void {
    for (const [start, text] of groups) {
      let position = start;
      for (const [, count = '', letter = ''] of text.matchAll(/(\d+)([a-z])/g)) {
        const end = position + Number(count);
        this.#states.fill(STATE_LETTERS.indexOf(letter), position, end);
        position = end;
      }
    }
  }

  /** Returns positions in the order in which they are shown: by state, failed inputs first, then by index. */
  order(shown: InputState | undefined): Int32Array {
    const states = shown === undefined ? INPUT_STATES : [shown];
    const order = new Int32Array(this.length);
    let count = 0;
    for (const state of states) {
      const wanted = INPUT_STATES.indexOf(state);
      for (let position = 0; position < this.length; position += 1) {
        if (this.#states[position] !== wanted) continue;
        order[count] = position;
        count += 1;
      }
    }
    return order.subarray(0, count);
  }
}

const NAMES: Readonly<Record<InputState, string>> = {
  failed: 'Failed',
  running: 'Running',
  waiting: 'Waiting',
  succeeded: 'Succeeded',
};

/** Returns a state as it is shown. After the end of a map, an input that waited was not started. */
export function nameOfState(state: InputState, isOver: boolean): string {
  return state === 'waiting' && isOver ? 'Not started' : NAMES[state];
}
