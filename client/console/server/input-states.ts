import type { ProgressItem } from '../../../lib/contract/index.js';
import { STATE_LETTERS } from '../api.js';

/**
 * Returns the states of inputs as counts and letters, such as `3f497w`.
 * @param indexes the inputs, in ascending order
 */
export function statesOf(indexes: readonly number[], progress: ProgressItem): string {
  let text = '';
  let letter = '';
  let count = 0;
  for (const index of indexes) {
    const next = letterOf(index, progress);
    if (next !== letter && count > 0) {
      text += `${count}${letter}`;
      count = 0;
    }
    letter = next;
    count += 1;
  }
  return count === 0 ? text : `${text}${count}${letter}`;
}

const [FAILED = '', RUNNING = '', WAITING = '', SUCCEEDED = ''] = STATE_LETTERS;

function letterOf(index: number, { started, succeeded, failed }: ProgressItem): string {
  if (succeeded.has(index)) return SUCCEEDED;
  if (failed.has(index)) return FAILED;
  return started.has(index) ? RUNNING : WAITING;
}
