import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { PlaceContext } from '../place-context.js';
import type { InvokeAnswer, LogWriter, Objects, Queues } from '../ports.js';
import { openAsyncInvocations } from './async-invocations.js';
import { eventInvokeConfigProvider, permissionProvider } from './attachment-providers.js';
import { type CodeKeeper, openCodeKeeper } from './function-code.js';
import { isRunnable, refuseToRun } from './function-properties.js';
import { createFunctionProvider } from './function-provider.js';
import { openFunctionRegistry } from './function-registry.js';
import { lambdaService } from './lambda-service.js';
import {
  type Invocation,
  type InvocationResult,
  type LoggedWorker,
  runInvocation,
} from './run-invocation.js';
import { RunningInvocations } from './running-invocations.js';
import type { StoredFunction } from './stored-function.js';
import { workerEnvironment } from './worker-environment.js';
import { openWorkerLog } from './worker-log.js';
import { WorkerPool } from './worker-pool.js';
import { workerProgramFile } from './worker-program-file.js';
import { startWorkerProcess } from './worker-process.js';

export interface LambdaOptions {
  readonly logs: LogWriter;
  readonly queues: Queues;
  /** Returns the folder of an asset that a template names by bucket and key. @default no asset is found */
  readonly assets?: (bucket: string, key: string) => string | undefined;
  /** Reads the zips of uploaded assets. @default no zip is found */
  readonly objects?: Pick<Objects, 'read'>;
  /** Maximum number of worker processes of one function. @default 2 */
  readonly workersPerFunction?: number;
  /**
   * Maximum number of worker processes of all functions together. Each function may have one worker in addition.
   * @default 16
   */
  readonly workersInAll?: number;
  /** Time that an idle worker is kept, in milliseconds. @default 300000 */
  readonly idleMs?: number;
}

/** Lambda. Functions run in worker processes. */
export type Lambda = Awaited<ReturnType<typeof createLambda>>;

/**
 * AWS allows ten seconds to load a handler. Here it may take longer, because builds may keep a laptop busy.
 */
const INIT_TIMEOUT_MS = 30_000;

/**
 * Time for which an invocation waits for a worker before another worker starts. It is short, so that invocations do
 * not wait long behind slow handlers, but long enough that a burst of quick invocations uses one worker.
 */
const GROW_AFTER_MS = 250;

/** Opens Lambda with the functions and unfinished events in the data folder. */
export async function createLambda(context: PlaceContext, options: LambdaOptions) {
  const folder = join(context.dataFolder, 'lambda');
  const registry = openFunctionRegistry(context);
  const inUse = new Set((await registry.list()).map(({ codeFolder }) => codeFolder));
  const code = await openCodeKeeper(context, inUse);
  const { workersPerFunction = 2, workersInAll = 16, idleMs = 300_000, queues } = options;
  const start = await workerStarter(context, options.logs, folder, code);
  const pool = new WorkerPool({
    start,
    workersPerFunction,
    workersInAll,
    idleMs,
    growAfterMs: GROW_AFTER_MS,
  });
  const running = new RunningInvocations(context.quotas);
  const runAs =
    (caller: Invocation['caller']) =>
    (definition: StoredFunction, requestId: string, payload: string): Promise<InvocationResult> =>
      runInvocation({ context, pool, running }, { definition, requestId, payload, caller });
  const run = runAs('waits');
  const invokeAsync = async (name: string, payload: string, requestId: string = randomUUID()) => {
    const definition = await registry.find(name);
    refuseToRun(definition);
    await asyncInvocations.accept(definition.name, requestId, payload);
  };
  const asyncInvocations = await openAsyncInvocations({
    context,
    registry,
    queues,
    run: runAs('event'),
    invokeAsync,
  });
  return {
    invoke: async (name: string, payload: string): Promise<InvokeAnswer> => {
      const { logTail: _, ...answer } = await run(await registry.find(name), randomUUID(), payload);
      return answer;
    },
    invokeAsync: (name: string, payload: string) => invokeAsync(name, payload),
    /** Returns whether the local AWS runs a function. @throws AwsError `ResourceNotFoundException` */
    isRunnable: async (name: string) => isRunnable(await registry.find(name)),
    service: lambdaService({ context, registry, run, invokeAsync }),
    resourceProviders: [
      createFunctionProvider({
        context,
        registry,
        code,
        assets: options.assets ?? (() => undefined),
        objects: options.objects,
        retire: (name) => pool.retire(name),
        ended: (name) => running.ended(name),
      }),
      permissionProvider,
      eventInvokeConfigProvider(registry),
    ],
    /** Stops all workers. Accepted events that were not handled are handled after the next start. */
    close: async () => {
      await Promise.all([pool.close(), asyncInvocations.close()]);
    },
  };
}

/** Returns a function that starts a worker process and its log. */
async function workerStarter(
  context: PlaceContext,
  logs: LogWriter,
  folder: string,
  code: CodeKeeper,
): Promise<(definition: StoredFunction) => LoggedWorker> {
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  const programFile = await workerProgramFile(folder);
  return (definition) => {
    const log = openWorkerLog(context, logs, definition);
    const codeFolder = code.path(definition.codeFolder);
    const worker = startWorkerProcess({
      programFile,
      codeFolder,
      environment: workerEnvironment(context, definition, { code: codeFolder, home }, log.stream),
      memoryMb: definition.memoryMb,
      initTimeoutMs: INIT_TIMEOUT_MS,
      onLine: (line) => log.line(line),
    });
    void worker.ended.then(() => log.flush());
    const logged: LoggedWorker = { ...worker, log, initDurationMs: undefined };
    void worker.ready.then((ready) => {
      if (typeof ready === 'number') logged.initDurationMs = ready;
    });
    return logged;
  };
}
