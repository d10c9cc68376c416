import type { HandlerName } from '../contract/index.js';

/** Handlers that parse an invocation or a result of up to 64 MiB hold both the text and the parsed value. */
const PARSES_LARGE_JSON_MIB = 1024;

/** Handlers of small messages need less memory; the CPU share that comes with this size shortens cold starts. */
const SMALL_MESSAGES_MIB = 512;

/** `poll-build` reads one small response of CodeBuild. It is called up to 1,200 times per run. */
const LOOKS_AT_ONE_BUILD_MIB = 256;

/** Memory of each handler in MiB. */
export const HANDLER_MEMORY_MIB: Readonly<Record<HandlerName, number>> = {
  'start-run': PARSES_LARGE_JSON_MIB,
  'prepare-run': PARSES_LARGE_JSON_MIB,
  'start-build': SMALL_MESSAGES_MIB,
  'poll-build': LOOKS_AT_ONE_BUILD_MIB,
  'collect-outcome': PARSES_LARGE_JSON_MIB,
  'reconcile-run': SMALL_MESSAGES_MIB,
  'adopt-log-group': SMALL_MESSAGES_MIB,
};
