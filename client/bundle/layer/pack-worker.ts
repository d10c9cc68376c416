// The program of a thread of packing. This package's build bundles it into one file.
import { parentPort, type Transferable } from 'node:worker_threads';

import { performTask, type ResultMessage, type TaskMessage } from './pack-task.js';

parentPort?.on('message', ({ kind, task, memory }: TaskMessage) => {
  try {
    const result = performTask(kind, task, memory);
    // The bytes of a zip are transferred, not copied.
    const transferred: Transferable[] = 'bytes' in result ? [result.bytes.buffer as ArrayBuffer] : [];
    parentPort?.postMessage({ result } satisfies ResultMessage, transferred);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ problem } satisfies ResultMessage);
  }
});
