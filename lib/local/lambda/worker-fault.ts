import type { FunctionFault } from './worker-messages.js';

/** An error of the Lambda runtime itself. Callers depend on its name, such as `Runtime.HandlerNotFound`. */
export class RuntimeFault extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
  }
}

/** Describes a thrown value as Lambda's Node.js runtime does. */
export function describeFault(thrown: unknown): FunctionFault {
  if (isErrorLike(thrown)) {
    return {
      errorType: thrown.name,
      errorMessage: thrown.message,
      trace: (thrown.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

function isErrorLike(thrown: unknown): thrown is Error {
  if (thrown instanceof Error) return true;
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    typeof (thrown as Error).name === 'string' &&
    typeof (thrown as Error).message === 'string' &&
    typeof (thrown as Error).stack === 'string'
  );
}
