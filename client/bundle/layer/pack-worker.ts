// A thread of packing. It is bundled on its own by this package's build.
import { parentPort, type Transferable } from 'node:worker_threads';

import { performTask, type ResultMessage, type TaskMessage } from './pack-task.js';

parentPort?.on('message', ({ kind, task, into }: TaskMessage) => {
  try {
    const result = performTask(kind, task, into);
    // The bytes of a zip are handed over, not copied.
    const transferred: Transferable[] = 'bytes' in result ? [result.bytes.buffer as ArrayBuffer] : [];
    parentPort?.postMessage({ result } satisfies ResultMessage, transferred);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ problem } satisfies ResultMessage);
  }
});
