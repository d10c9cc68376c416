import type { HandlerName } from '../contract/index.js';

/** Room for the text of an invocation or a result of 64 MiB, and for what it is parsed to. */
const PARSES_LARGE_JSON_MIB = 1024;

/** Small messages; more memory than they need, for the share of a CPU that comes with it and shortens cold starts. */
const SMALL_MESSAGES_MIB = 512;

/** One small answer of CodeBuild. It is called most, up to 1,200 times a run, is warm then, and waits for the network. */
const LOOKS_AT_ONE_BUILD_MIB = 256;

/** Memory of each handler. */
export const HANDLER_MEMORY_MIB: Readonly<Record<HandlerName, number>> = {
  'start-run': PARSES_LARGE_JSON_MIB,
  'prepare-run': PARSES_LARGE_JSON_MIB,
  'start-build': SMALL_MESSAGES_MIB,
  'poll-build': LOOKS_AT_ONE_BUILD_MIB,
  'collect-outcome': PARSES_LARGE_JSON_MIB,
  'reconcile-run': SMALL_MESSAGES_MIB,
  'adopt-log-group': SMALL_MESSAGES_MIB,
};
