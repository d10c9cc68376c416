import type { HandlerName } from '../contract/index.js';

/**
 * Handlers that read an invocation or a result of up to 64 MiB hold its text twice, but do not parse it into a value:
 * at most about 300 MiB. More memory comes with a larger share of CPU, which checks the text within seconds.
 */
const READS_LARGE_JSON_MIB = 1024;

/** Handlers of small messages need less memory than this. The share of CPU that comes with it shortens cold starts. */
const SMALL_MESSAGES_MIB = 512;

/**
 * Handlers that read one small response of AWS spend most of their time waiting for it. `wake-run` is called four times
 * per run.
 */
const READS_ONE_ANSWER_MIB = 256;

/** Memory of each handler in MiB. */
export const HANDLER_MEMORY_MIB: Readonly<Record<HandlerName, number>> = {
  'start-run': READS_LARGE_JSON_MIB,
  'prepare-run': READS_LARGE_JSON_MIB,
  'start-build': SMALL_MESSAGES_MIB,
  'await-lock': READS_ONE_ANSWER_MIB,
  'poll-build': READS_ONE_ANSWER_MIB,
  'wake-run': READS_ONE_ANSWER_MIB,
  'collect-outcome': READS_LARGE_JSON_MIB,
  'reconcile-run': SMALL_MESSAGES_MIB,
  // Reads a description with many ranges of indexes, and composes inputs of runs.
  'drive-map': SMALL_MESSAGES_MIB,
  // Reads the invocation of a run that is started again.
  'start-target': READS_LARGE_JSON_MIB,
  'adopt-log-group': SMALL_MESSAGES_MIB,
};
