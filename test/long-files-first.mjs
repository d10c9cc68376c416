import Sequencer from '@jest/test-sequencer';

/** Each of these starts processes and waits for them, up to a minute in one file. */
const LONG = /\/test\/(end-to-end|soak|kills)\//;

/**
 * Starts the long files first, so that none of them runs on alone at the end. Jest does so by itself only where it
 * remembers how long each took, and a fresh checkout remembers nothing.
 */
export default class LongFilesFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => LONG.test(path.replaceAll('\\', '/'));
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
