import Sequencer from '@jest/test-sequencer';

/** Matches test files that start processes and wait for them, for up to a minute per file. */
const LONG = /\/test\/(end-to-end|soak|kills)\//;

/**
 * Runs long test files first, because a long file that starts last would run alone at the end. Jest sorts by recorded
 * durations, which a new checkout does not have.
 */
export default class LongFilesFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => LONG.test(path.replaceAll('\\', '/'));
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
