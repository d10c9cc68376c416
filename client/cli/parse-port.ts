import { UsageError } from './exit-code.js';

/** Parses the value of `--port`. @throws UsageError if it is no port */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port takes a number from 1 to 65535, not ${JSON.stringify(text)}.`);
  }
  return port;
}
