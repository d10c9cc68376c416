import Sequencer from '@jest/test-sequencer';

/** These files start processes and wait for them, up to a minute per file. */
const LONG = /\/test\/(end-to-end|soak|kills)\//;

/**
 * Starts the long files first, because one that starts last would run alone at the end. Jest orders by recorded
 * durations, which a new checkout does not have.
 */
export default class LongFilesFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => LONG.test(path.replaceAll('\\', '/'));
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
