/**
 * The program of a worker process: loads the handler of one function and runs one invocation at a time.
 * `worker-process.ts` starts it; no module imports it.
 */
import { sendAnswersByHttp } from './answers-by-http.js';
import { closeInheritedFiles } from './close-inherited-files.js';
import { faultLine, patchConsole } from './worker-console.js';
import { describeFault, RuntimeFault } from './worker-fault.js';
import { callHandler, type Handler, loadHandler } from './worker-handler.js';
import {
  endOfOutput,
  type FunctionFault,
  type InvokeMessage,
  type WorkerMessage,
} from './worker-messages.js';

const environment = process.env;
const writeStdout = process.stdout.write.bind(process.stdout);
const writeStderr = process.stderr.write.bind(process.stderr);
const sendToParent = process.send?.bind(process);
let running: InvokeMessage | undefined;

// The channel closes when the local AWS is killed. The worker then ends, too.
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => void endAfter(describeFault(error), 129));
process.on('unhandledRejection', (reason) => {
  const message = reason instanceof Error ? reason.toString() : String(reason);
  void endAfter(describeFault(new RuntimeFault('Runtime.UnhandledPromiseRejection', message, reason)), 128);
});
patchConsole(() => running?.requestId);
closeInheritedFiles();
sendAnswersByHttp(environment['AWS_ENDPOINT_URL'] ?? '');
await start();

async function start(): Promise<void> {
  let handler: Handler;
  try {
    handler = await loadHandler(environment['LAMBDA_TASK_ROOT'] ?? '.', environment['_HANDLER'] ?? '');
  } catch (error) {
    const fault = describeFault(error);
    logFault(fault);
    await send({ type: 'initFailed', fault });
    process.exit(1);
  }
  process.on('message', (message) => void invoke(handler, message as InvokeMessage));
  await send({ type: 'ready' });
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  running = message;
  try {
    const value = await callHandler(handler, JSON.parse(message.payload), contextOf(message));
    await answer(message, toJson(value));
  } catch (error) {
    await fail(message, describeFault(error));
  }
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    throw new RuntimeFault(
      'Runtime.MarshalError',
      `Unable to stringify response body: ${String(error)}`,
      error,
    );
  }
}

async function answer({ requestId }: InvokeMessage, payload: string): Promise<void> {
  running = undefined;
  await closeOutput(requestId);
  await send({ type: 'answered', requestId, payload, maxMemoryMb: maxMemoryMb() });
}

async function fail({ requestId }: InvokeMessage, fault: FunctionFault, fatal = false): Promise<void> {
  logFault(fault);
  running = undefined;
  await closeOutput(requestId);
  await send({ type: 'failed', requestId, fault, fatal, maxMemoryMb: maxMemoryMb() });
}

/**
 * Handles an error that is thrown outside of the handler's promise. As in Lambda, the invocation fails and the
 * process ends.
 */
async function endAfter(fault: FunctionFault, exitCode: number): Promise<void> {
  if (running === undefined) logFault(fault);
  else await fail(running, fault, true);
  process.exit(exitCode);
}

function logFault(fault: FunctionFault): void {
  writeStdout(faultLine(running?.requestId, fault));
}

async function closeOutput(requestId: string): Promise<void> {
  const mark = `${endOfOutput(requestId)}\n`;
  await Promise.all(
    [writeStdout, writeStderr].map((write) => new Promise<void>((resolve) => write(mark, () => resolve()))),
  );
}

function send(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (sendToParent === undefined) return resolve();
    // Ignores an error, which means that the local AWS has ended. The listener of 'disconnect' ends the process then.
    sendToParent(message, undefined, undefined, () => resolve());
  });
}

function maxMemoryMb(): number {
  return Math.ceil(process.resourceUsage().maxRSS / 1024);
}

function contextOf({ requestId, deadlineMs, functionArn }: InvokeMessage): object {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: environment['AWS_LAMBDA_FUNCTION_VERSION'],
    invokedFunctionArn: functionArn,
    logGroupName: environment['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: environment['AWS_LAMBDA_LOG_STREAM_NAME'],
    memoryLimitInMB: environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}
