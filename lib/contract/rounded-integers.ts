import { CodeseederError } from './codeseeder-error.js';

/**
 * Refuses integers beyond 2^53 in a value from an event or from the input of an execution. EventBridge and Step
 * Functions parse such a value before the handler gets it, so its integers may have been rounded already.
 * @throws CodeseederError `InvalidRequest` with the path of the integer
 */
export function refuseRoundedIntegers(value: unknown, name = 'invocation'): void {
  const found = findUnsafe(value, name);
  if (found === undefined) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The run request is not valid: ${found.path} is the integer ${found.value}, which is beyond 2^53, so events and executions round it. Pass it as a string, or put the request into the inbox.`,
  );
}

interface UnsafeInteger {
  readonly path: string;
  readonly value: number;
}

function findUnsafe(value: unknown, path: string): UnsafeInteger | undefined {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? { path, value } : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  for (const [name, part] of Object.entries(value)) {
    const found = findUnsafe(part, isList ? `${path}[${name}]` : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
