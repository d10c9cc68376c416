import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { RuntimeFault } from './worker-fault.js';

type Callback = (error: Error | null | undefined, value?: unknown) => void;
export type Handler = (event: unknown, context: object, callback: Callback) => unknown;

const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * Loads a handler such as `index.handler` or `lib/api.v1.handler` from the task root.
 * @throws RuntimeFault `Runtime.MalformedHandlerName`, `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`,
 *   `Runtime.HandlerNotFound`; any other error that the module throws
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const [, folder = '', module = '', path = ''] = /^(.*\/)?([^./]+)\.(.+)$/.exec(handler) ?? [];
  if (module === '') throw new RuntimeFault('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  const base = join(taskRoot, folder, module);
  const file = EXTENSIONS.map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new RuntimeFault('Runtime.ImportModuleError', `Error: Cannot find module '${folder}${module}'`);
  }
  const exported = await importModule(file);
  const found = findExport(exported, path) ?? findExport(exported['default'], path);
  if (typeof found !== 'function') {
    throw new RuntimeFault('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return found as Handler;
}

async function importModule(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeFault('Runtime.UserCodeSyntaxError', String(error), error);
    }
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
      throw new RuntimeFault('Runtime.ImportModuleError', String(error), error);
    }
    throw error;
  }
}

function findExport(from: unknown, path: string): unknown {
  let value = from;
  for (const part of path.split('.')) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** Calls a handler. A handler with three parameters that returns no promise responds through its callback. */
export async function callHandler(handler: Handler, event: unknown, context: object): Promise<unknown> {
  let callback: Callback = () => undefined;
  const calledBack = new Promise<{ error: Error | null | undefined; value: unknown }>((resolve) => {
    callback = (error, value) => resolve({ error, value });
  });
  const returned = handler(event, context, callback);
  if (isThenable(returned) || handler.length < 3) return returned;
  const { error, value } = await calledBack;
  if (error !== undefined && error !== null) throw error;
  return value;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
